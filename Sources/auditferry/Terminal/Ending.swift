import ArgumentParser
import AuditAPI
import AuditCore
import Forwarder
import Outputs

/// How the program ends: what is printed, and with which status.
enum Ending {
    /// Prints what the error is and what to do next, two lines of stderr, and returns the exit status.
    static func report(_ error: any Error) -> Int32 {
        if let failure = error as? Failure { return report(failure) }
        if error is CancellationError { return 0 }
        let status = Auditferry.exitCode(for: error)
        if status == .success {
            print(Auditferry.fullMessage(for: error))
            return 0
        }
        if error is ExitCode { return status.rawValue }
        if status == .validationFailure {
            let message = Auditferry.message(for: error).lowercasedFirst
            return report(Failure(.usage, message, hint: "'\(helpCommand) --help' shows the flags, with an example"))
        }
        return report(Failure(.failed, "\(error)", hint: "run again with --log-level debug to see more"))
    }

    private static func report(_ failure: Failure) -> Int32 {
        for problem in failure.problems { StandardError.write(line: "auditferry: error: \(problem)", .error) }
        StandardError.write(line: "auditferry: hint: \(failure.hint)", .error)
        return failure.code.status
    }

    /// The words of the command line that name a command.
    private static var helpCommand: String {
        let names = CommandLine.arguments.dropFirst().prefix { !$0.hasPrefix("-") }.prefix(2)
        let known = Auditferry.configuration.subcommands.map { $0._commandName }
        return (["auditferry"] + names.filter { known.contains($0) }).joined(separator: " ")
    }
}

extension String {
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
