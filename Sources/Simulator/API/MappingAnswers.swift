extension AuditService {
    func serviceMapping(realtimeOnly: Bool) -> Answer {
        var text = JSONText()
        text.raw(#"{"services":["#)
        for (index, service) in contents.services.filter({ $0.isRealtime || !realtimeOnly }).enumerated() {
            text.raw(index == 0 ? #"{"name":"# : #",{"name":"#)
            text.string(service.name)
            text.raw(#","entities":["#)
            for (index, entity) in service.entities.enumerated() {
                text.raw(index == 0 ? #"{"name":"# : #",{"name":"#)
                text.string(entity.name)
                text.raw(#","actions":"#)
                text.strings(entity.actions)
                text.raw("}")
            }
            text.raw("]}")
        }
        text.raw("]}")
        return Answer(text)
    }

    /// An array of audits.
    func write(_ audits: [Audit], _ shape: AuditShape, to text: inout JSONText) {
        text.raw("[")
        for (index, audit) in audits.enumerated() {
            if index > 0 { text.raw(",") }
            contents.write(audit, shape, to: &text)
        }
        text.raw("]")
    }
}
