"""Measures of the quality of predictions, as functions of lists.

    accuracy  balanced_accuracy  confusion_matrix  precision_recall_f1
                                                        for predicted classes
    log_loss  roc_auc  class_probabilities              for predicted probabilities or scores
    r2  mean_absolute_error  root_mean_squared_error    for predicted numbers
    baseline                                            a trivial prediction, which ignores inputs
    report                                              several measures next to the baseline

The files:

    classification.py  probabilities.py  regression.py  the measures
    baselines.py                                        the trivial predictions
    reports.py                                          ``report``
    classification_report.py  regression_report.py      what it returns
    layout.py                                           the lines of a printed report
    evaluation.py                                       the measures of ``net.evaluate``
    checks.py                                           the checks of the arguments

The definitions are those of scikit-learn. The first argument is the targets, the second the
predictions: flat lists, or the single column of ``net.predict``. A class is a whole number, a
string or a bool. If the network has one output per class, the class number of a row of outputs is
``row.index(max(row))``. ``sample_weight`` gives each sample a weight of 0 or more.

>>> from scratchnet import metrics
>>> metrics.accuracy([0, 1, 1, 0], [[0.0], [1.0], [0.0], [0.0]])
0.75
>>> truth, predicted = ["cat", "dog", "dog", "cat"], ["cat", "dog", "cat", "cat"]
>>> print(metrics.report("classification", truth, predicted))
classification of 4 samples
accuracy           0.75  (always "cat": 0.5)
balanced accuracy  0.75
<BLANKLINE>
               precision  recall     F1  support
cat                0.667   1.000  0.800        2
dog                1.000   0.500  0.667        2
macro mean         0.833   0.750  0.733        4
weighted mean      0.833   0.750  0.733        4
<BLANKLINE>
truth \\ predicted  cat  dog
cat                  2    0
dog                  1    1
"""

from .baselines import baseline as baseline
from .checks import numbers as numbers
from .classification import Score as Score
from .classification import Scores as Scores
from .classification import accuracy as accuracy
from .classification import balanced_accuracy as balanced_accuracy
from .classification import confusion_matrix as confusion_matrix
from .classification import precision_recall_f1 as precision_recall_f1
from .classification_report import ClassificationReport as ClassificationReport
from .probabilities import class_probabilities as class_probabilities
from .probabilities import log_loss as log_loss
from .probabilities import roc_auc as roc_auc
from .regression import mean_absolute_error as mean_absolute_error
from .regression import r2 as r2
from .regression import root_mean_squared_error as root_mean_squared_error
from .regression_report import RegressionReport as RegressionReport
from .reports import report as report
