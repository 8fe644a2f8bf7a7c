/// What the documentation describes and this version does not have: refused by name, never silently ignored.
enum NotInThisVersion {
    /// Keys by the section that holds them; `*` stands for a name of the user's own.
    static let keys: [String: [String]] = [
        "outputs.*": ["where", "redact", "add"],
        "outputs.*.batch": ["wait"],
    ]

    static let outputTypes = ["splunk_hec", "elasticsearch", "lumberjack", "otlp", "http"]

    static let formats = ["ecs", "ocsf", "cef", "leef", "gelf"]

    /// What `--output` will take beside its present schemes.
    static let outputSchemes = [
        "splunk+https",
        "splunk+http", "elasticsearch+https", "elasticsearch+http", "lumberjack+tls", "lumberjack+tcp", "otlp+https",
        "otlp+http", "http", "https",
    ]
}
