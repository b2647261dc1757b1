"""Networks as scikit-learn estimators. They also work on lists, without scikit-learn.

    MLPClassifier   predicts classes: two, several, or several labels per sample
    MLPRegressor    predicts numbers: one or several per sample

If you know scikit-learn, you already know these estimators. Names, defaults and results are those
of its own MLPClassifier and MLPRegressor: with the same initial weights and the same order of
samples, the losses agree to rounding and training stops after the same epoch. (The exception is
weighted samples in several batches.) The network, ``network_``, and the training loop of the core
do all the arithmetic.

>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]  # XOR
>>> classifier = MLPClassifier([4], "tanh", learning_rate_init=0.1, random_state=7).fit(X, y)
>>> print(*classifier.predict(X))
no yes yes no

Parameters that scikit-learn does not have, or that differ:

    activation           a lowercase name or an object from activations.py; a list gives one per
                         hidden layer
    output_activation    the activation of the last layer, as a name or an object
    dropout              the fraction of the outputs of a hidden layer that training drops; a list
                         gives one per hidden layer
    loss                 besides "log_loss" and "squared_error", a name or an object from losses.py
    engine               how the updates are computed, as for ``fit`` of a network
    class_weight         {class: weight}, where a class not listed has the weight 1; or "balanced",
                         which gives rarer classes larger weights
    solver               "adam" or "sgd", not "lbfgs"
    random_state         None means 0: training is always deterministic

``fit`` sets the attributes ``coefs_``, ``intercepts_``, ``loss_``, ``loss_curve_``, ``best_loss_``,
``n_iter_``, ``t_``, ``n_layers_``, ``n_outputs_``, ``out_activation_``, ``n_features_in_``,
``feature_names_in_``, ``validation_scores_``, ``best_validation_score_`` and ``classes_`` of
scikit-learn, and also ``validation_loss_curve_`` and ``network_``:

>>> import scratchnet as sn
>>> print(sn.explain(classifier.network_, X[1:2])["1.a[0][2]"].formula)
tanh(0.z[0][2])

The files:

    classifier.py  regressor.py   the two estimators
    mlp.py                        what both share: ``fit``, and the use of a fitted estimator
    learner.py                    what a training run needs of an estimator
    parameters.py  base.py        the parameters: read, set, shown, copied
    training.py                   a training run
    samples.py                    its samples, and those that early stopping holds out
    network.py                    its network
    penalty.py                    its penalty, for batches of different sizes
    arithmetic.py                 where scikit-learn's arithmetic differs from the core's
    features.py  outputs.py       what the columns of X and the outputs of the network mean
    arrays.py                     arrays of any library, and back
"""

from .base import NotFitted as NotFitted
from .classifier import MLPClassifier as MLPClassifier
from .regressor import MLPRegressor as MLPRegressor
