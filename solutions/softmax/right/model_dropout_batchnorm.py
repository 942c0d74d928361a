# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "dropout, batch normalisation, a sum reduction"
# ///
model = keras.Sequential(
    [
        keras.layers.Input((2,)),
        keras.layers.Dense(32, use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(4),
    ]
)
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
    optimizer=keras.optimizers.Adam(0.01),
)
model.fit(X_train, y_train, epochs=15, verbose=0)
