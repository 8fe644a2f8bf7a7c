import Outputs

/// The keys of an output of type `journald`.
enum JournaldSection {
    static func read(_ section: inout ConfigurationSection) -> JournaldSettings {
        var settings = JournaldSettings()
        section.value("identifier", .printable("a name", upTo: 64), into: &settings.identifier)
        section.value("facility", .cases("a facility"), into: &settings.facility)
        section.value("acknowledgement", .cases("an acknowledgement"), into: &settings.acknowledgement)
        settings.severity = SeveritySection.read(&section)
        return settings
    }
}
