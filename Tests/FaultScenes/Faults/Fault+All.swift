extension Fault {
    /// Of the program, and between it and the organization.
    package static let upstream = processes + api + audits
    /// Between the program and the collectors, and on its own machine.
    package static let downstream = collectors + offsets + host
    /// Every fault of the table, in its order.
    package static let all = upstream + downstream
}
