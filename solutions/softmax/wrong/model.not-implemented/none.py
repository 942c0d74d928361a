# /// case
# exercise = "model"
# expect = ["model.not-implemented"]
# points = 0.0
# note = "None, and plans"
# ///
# 1. Sequential
# 2. compile with from_logits
# 3. fit
model = None
