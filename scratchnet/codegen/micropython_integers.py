def written(request): raise NotImplementedError
