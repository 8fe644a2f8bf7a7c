import AuditCore

/// The JSON of generated audits: members in the order and with the habits of real ones.
extension GeneratedContents {
    func write(_ audit: Audit, _ shape: AuditShape, to text: inout JSONText) {
        var portrait = portrait(of: audit)
        if audit.kind == Act.future.rawValue { return writeFuture(audit, portrait, shape, to: &text) }
        text.raw("{")
        if let id = portrait.id {
            text.raw(#""id":""#)
            text.id(id)
            text.raw(#"","#)
        }
        writeActor(portrait, shape, to: &text)
        text.raw(#""serviceName":""#)
        text.raw(Catalog.services[Int(audit.service)].name)
        text.raw(#"","level":""#)
        text.raw(portrait.level)
        text.raw(shape == .download ? #"","eventTime":""# : #"","eventDate":""#)
        text.raw(audit.instant.text)
        text.raw(#"","#)
        writeMessage(Act(rawValue: audit.kind) ?? .generic, portrait, to: &text)
        text.raw(#""action":""#)
        text.raw(portrait.facts.action)
        text.raw(#"","entity":"#)
        writeEntity(audit, portrait, to: &text)
        text.raw(#","entityType":""#)
        text.raw(portrait.facts.entityType)
        text.raw(#"""#)
        if shape != .download { writeOutcome(portrait, to: &text) }
        text.raw(#","propertyChanges":["#)
        writeChanges(audit, &portrait, to: &text)
        text.raw(#"],"context":{"#)
        writeContext(audit, &portrait, to: &text)
        text.raw("}")
        if shape != .download { writeEntityChanges(audit, portrait, to: &text) }
        text.raw("}")
    }

    private func writeActor(_ portrait: Portrait, _ shape: AuditShape, to text: inout JSONText) {
        if portrait.person != nil {
            text.raw(#""userHomeOrgId":""#)
            text.id(portrait.facts.trustee ?? organization.id)
            text.raw(#"","#)
        }
        text.raw(shape == .download ? #""username":{"# : #""user":{"#)
        if let person = portrait.person {
            text.raw(#""id":""#)
            text.id(person.id)
            if shape == .answer(expanded: true) {
                text.raw(#"","name":""#)
                text.escaped(person.name)
            }
            text.raw(#"","selfUri":"/api/v2/users/"#)
            text.id(person.id)
            text.raw(#"""#)
        }
        text.raw(shape == .download ? #"},"clientId":{"id":""# : #"},"client":{"id":""#)
        if let client = portrait.facts.client {
            text.id(client)
            text.raw(#"","selfUri":"/api/v2/oauth/clients/"#)
            text.id(client)
        }
        text.raw(#""},"#)
        writeAddresses(portrait.addresses, to: &text)
    }

    private func writeAddresses(_ addresses: Portrait.Addresses, to text: inout JSONText) {
        switch addresses {
        case .absent: break
        case .none: text.raw(#""remoteIp":[],"#)
        case .some(let number):
            text.raw(#""remoteIp":[""#)
            if number % 8 == 0 {
                text.raw("2001:db8::")
                text.raw(String(number >> 8 & 0xFFFF, radix: 16))
            } else {
                text.raw(number % 2 == 0 ? "203.0.113." : "198.51.100.")
                text.raw(String(number >> 8 & 0xFF))
            }
            if number % 5 == 0 {
                text.raw(#"","10.20.30."#)
                text.raw(String(number >> 16 & 0xFF))
            }
            text.raw(#""],"#)
        }
    }

    private func writeEntity(_ audit: Audit, _ portrait: Portrait, to text: inout JSONText) {
        guard let id = portrait.facts.entity else { return text.raw("{}") }
        text.raw(#"{"id":""#)
        text.id(id)
        if audit.kind == Act.roleGrant.rawValue {
            var random = portrait.random
            text.raw(#"","name":""#)
            text.id(random.pick(organization.people).id)
            text.raw("--")
            text.id(id)
            text.raw("--")
            text.id(organization.id)
        } else if let name = portrait.entityName {
            text.raw(#"","name":""#)
            text.escaped(name)
        }
        if !portrait.entityPath.isEmpty {
            text.raw(#"","selfUri":"/api/v2/"#)
            text.raw(portrait.entityPath)
            text.id(id)
        }
        text.raw(#""}"#)
    }

    private func writeOutcome(_ portrait: Portrait, to text: inout JSONText) {
        text.raw(#","status":""#)
        text.raw(portrait.status)
        text.raw(#"","application":""#)
        text.raw(portrait.application)
        text.raw(#"","initiatingAction":{"#)
        if let transaction = portrait.transaction {
            text.raw(#""transactionId":""#)
            text.id(transaction)
            text.raw(#"","actionContext":"Publish""#)
        }
        text.raw(portrait.isInitiator ? #"},"transactionInitiator":true"# : #"},"transactionInitiator":false"#)
    }

    private func writeMessage(_ act: Act, _ portrait: Portrait, to text: inout JSONText) {
        switch act {
        case .failedLogin:
            text.raw(
                #""message":{"localizableMessageCode":"AUTHENTICATION_FAILED","message":"authentication failed for {user}","#)
            text.raw(#""messageWithParams":"authentication failed for {user}","messageParams":{"user":"user"#)
            text.raw(String(portrait.facts.entity?.description.suffix(4) ?? "0000"))
            text.raw(#"@example.com"}},"#)
        case .accessToken:
            text.raw(#""message":{"localizableMessageCode":"ACCESSTOKENCREATE_SUCCESS","message":"access token created","#)
            text.raw(#""messageWithParams":"","messageParams":{}},"#)
        default: break
        }
    }
}
