# /// case
# exercise = "model"
# expect = []
# points = 3.0
# note = "callbacks, SGD with momentum, class weights"
# ///
def build_model(hidden=32):
    return keras.Sequential(
        [keras.layers.Input((2,)), keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(4, "linear")]
    )


model = build_model()
model.compile(
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
)
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=2)
model.fit(
    X_train, y_train, epochs=10, class_weight={0: 1.0, 1: 1.5, 2: 1.0, 3: 1.0}, callbacks=[stop], verbose=0
)
