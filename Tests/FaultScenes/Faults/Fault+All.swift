extension Fault {
    /// Every fault of the table, in its order.
    package static let all = processes + reloads + api + audits + collectors + offsets + host
}
