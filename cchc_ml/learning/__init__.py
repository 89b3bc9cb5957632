"""Everything that needs scikit-learn: the classifier, labelled data, training and metrics."""
