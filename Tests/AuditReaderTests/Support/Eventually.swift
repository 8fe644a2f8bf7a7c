/// Returns when the condition holds. The suite's time limit is for the one that never does.
func eventually(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}
