extension OutputDefinition {
    /// How its receiver is known; `nil` where it has no TLS.
    public var tls: TLSSettings? { connection?.tls }

    /// Loads the files of its TLS settings as its next connection would, and sees that the private key is that of the certificate. Connects to
    /// nothing; an output without TLS passes. Blocks its caller while the files are read.
    ///
    /// - Throws: `TLSFileFailure`, which names the file.
    public func checkFiles() throws(TLSFileFailure) {
        if let tls { try TLSContext(tls).check() }
    }
}

extension OutputDefinition {
    /// The addresses that audits are sent to without TLS; none for what stays on this machine.
    public var clearAddresses: [HostPort] {
        if case .syslog(let settings) = kind, case .udp(let addresses) = settings.transport { return addresses }
        return connection.flatMap { $0.tls == nil ? $0.addresses : nil } ?? []
    }
}
