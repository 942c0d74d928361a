# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "the loss as a function with its argument filled in"
# ///
from functools import partial

sparse_ce = partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)
sparse_ce.__name__ = "sparse_ce"

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="softplus"), keras.layers.Dense(4)])
model.compile(loss=sparse_ce, optimizer=keras.optimizers.Adam(0.02))
model.fit(X_train, y_train, epochs=10, verbose=0)
