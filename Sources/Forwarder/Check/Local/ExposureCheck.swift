import Outputs

/// What others on the network can see or change.
enum ExposureCheck {
    /// Of what an output sends; `nil` where nothing leaves this machine in the clear.
    static func finding(_ definition: OutputDefinition) -> CheckFinding? {
        let away = definition.clearAddresses.filter { !LocalHost.isLoopback($0.host) }
        guard !away.isEmpty else { return nil }
        return .warning(
            CheckFinding.output(definition.name),
            "audits go in the clear to \(away.map { "'\($0)'" }.joined(separator: ", ")): whoever is in between can read and change them",
            hint: "use TLS where the receiver has it: 'tls' on a tcp, syslog or relp output")
    }

    /// Of the operator's port; `nil` where there is none, or where it is this machine's alone.
    static func finding(_ http: HTTPSettings?) -> CheckFinding? {
        guard let http, !LocalHost.isLoopback(http.host) else { return nil }
        return .warning(
            "http", "'http.listen' is not on the loopback address, and has neither encryption nor password",
            hint: "listen on 127.0.0.1, or keep the port where only operators reach")
    }
}

/// Hosts that are this machine, whatever the network is like.
enum LocalHost {
    static func isLoopback(_ host: String) -> Bool {
        host == "::1" || host == "localhost" || host.hasSuffix(".localhost") || isLoopbackIPv4(host)
    }

    /// Of 127.0.0.0/8. A name may begin with the same letters.
    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
