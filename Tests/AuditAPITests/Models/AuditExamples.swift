/// Audits as the API gives them, with the oddities that were seen in real organizations.
enum AuditExamples {
    // swift-format-ignore
    static let all = [
        #"""
        {"id":"0b6f2a52-9d0e-4a0e-8f5b-1f6f3f6b8a01","user":{},"client":{"id":""},"remoteIp":[],"serviceName":"PeoplePermissions","level":"SYSTEM","eventDate":"2026-03-02T08:15:04Z","action":"MemberAdd","entity":{"id":"be53fbf3-0000-4f47-9e1a-81b4c1280001","name":"69810134-0000-4aed-b0eb-196d25500001--be53fbf3-0000-4f47-9e1a-81b4c1280001--cb534072-0000-426d-81ed-c45536b50001","selfUri":"/api/v2/authorization/roles/be53fbf3-0000-4f47-9e1a-81b4c1280001"},"entityType":"Role","status":"SUCCESS","application":"","initiatingAction":{},"transactionInitiator":false,"propertyChanges":[],"context":{},"entityChanges":[]}
        """#,
        #"""
        {"id":"3c2f0b11-58b1-4a5e-9a33-52f7f3c10002","userHomeOrgId":"cb534072-0000-426d-81ed-c45536b50001","user":{"id":"69810134-0000-4aed-b0eb-196d25500001","name":"Zoë Ångström","selfUri":"/api/v2/users/69810134-0000-4aed-b0eb-196d25500001"},"client":{"id":""},"remoteIp":["203.0.113.9","10.20.30.40"],"serviceName":"ContactCenter","level":"USER","eventDate":"2026-03-02T08:16:00Z","action":"MemberRemove","entity":{"id":"7a1d0000-1111-4222-8333-444455550001","name":"Billing \"EU\" / tier-2","selfUri":"/api/v2/routing/queues/7a1d0000-1111-4222-8333-444455550001"},"entityType":"Queue","status":"SUCCESS","application":"","initiatingAction":{},"transactionInitiator":false,"propertyChanges":[{"property":"QueueMember/7a1d0000-1111-4222-8333-444455550001:69810134-0000-4aed-b0eb-196d25500009","oldValues":["<queue member deleted>"],"newValues":[]}],"context":{"entityId":"7a1d0000-1111-4222-8333-444455550001","auditType":"QUEUE"},"entityChanges":[]}
        """#,
        #"""
        {"id":"5f9f7b60-2f6b-4d39-8b0f-0d2e8a7c0003","user":{},"client":{"id":""},"serviceName":"Directory","level":"SYSTEM","eventDate":"2026-03-02T08:16:31.127Z","action":"Update","entity":{"id":"69810134-0000-4aed-b0eb-196d25500009","selfUri":"/api/v2/users/69810134-0000-4aed-b0eb-196d25500009"},"entityType":"User","status":"SUCCESS","application":"","initiatingAction":{},"transactionInitiator":false,"propertyChanges":[{"property":"version","oldValues":["41"],"newValues":["42"]},{"property":"addresses","oldValues":[],"newValues":["[{\"mediaType\":\"PHONE\",\"type\":\"WORK\",\"address\":\"+15550100\"}]"]}],"context":{},"entityChanges":[]}
        """#,
        #"""
        {"id":"8d0f5bb7-3a3e-49a0-a6f3-9b8d1b7a0004","userHomeOrgId":"cb534072-0000-426d-81ed-c45536b50001","user":{"id":"69810134-0000-4aed-b0eb-196d25500001","selfUri":"/api/v2/users/69810134-0000-4aed-b0eb-196d25500001"},"client":{"id":""},"remoteIp":["2001:db8::17"],"serviceName":"Groups","level":"USER","eventDate":"2026-03-02T08:17:10Z","action":"Update","entity":{"id":"9e9e0000-aaaa-4bbb-8ccc-ddddeeee0001"},"entityType":"DirectoryGroup","status":"SUCCESS","application":"","initiatingAction":{},"transactionInitiator":false,"propertyChanges":[{"property":"group-membership","oldValues":[],"newValues":["[69810134-0000-4aed-b0eb-196d25500009, 69810134-0000-4aed-b0eb-196d25500010]"]}],"context":{"correlationId":"c0ffee00-1234-4abc-8def-000000000001","userid":"69810134-0000-4aed-b0eb-196d25500001"},"entityChanges":[]}
        """#,
        #"""
        {"id":"a4b1c9de-77aa-4c1a-93a2-6a9e1d2b0005","user":{},"client":{"id":""},"remoteIp":["198.51.100.77"],"serviceName":"PeoplePermissions","level":"USER","eventDate":"2026-03-02T08:18:00Z","message":{"localizableMessageCode":"AUTHENTICATION_FAILED","message":"authentication failed for {user}","messageWithParams":"authentication failed for {user}","messageParams":{"user":"j.doe@example.com"}},"action":"AuthenticationFailed","entity":{"id":"69810134-0000-4aed-b0eb-196d25500011"},"entityType":"AuthUser","status":"FAILURE","application":"","initiatingAction":{},"transactionInitiator":false,"propertyChanges":[],"context":{"reason":"bad password"},"entityChanges":[]}
        """#,
        #"""
        {"id":"f00dbabe-0006-4c6e-8f2b-1d2c3b4a0006","userHomeOrgId":"cb534072-0000-426d-81ed-c45536b50001","user":{"id":"69810134-0000-4aed-b0eb-196d25500001","name":"Ana Souza","selfUri":"/api/v2/users/69810134-0000-4aed-b0eb-196d25500001"},"client":{"id":"46a10c81-0000-463e-bc9d-3fbf41ee0001","selfUri":"/api/v2/oauth/clients/46a10c81-0000-463e-bc9d-3fbf41ee0001"},"remoteIp":["203.0.113.9"],"serviceName":"Architect","level":"USER","eventDate":"2026-03-02T08:19:42Z","action":"Publish","entity":{"id":"f10a0000-0000-4000-8000-000000000001","name":"Main IVR","selfUri":"/api/v2/flows/f10a0000-0000-4000-8000-000000000001"},"entityType":"Flow","status":"SUCCESS","application":"Architect","initiatingAction":{"transactionId":"f00dbabe-0006-4c6e-8f2b-1d2c3b4a0006","actionContext":"Publish"},"transactionInitiator":true,"propertyChanges":[{"property":"publishedVersion","oldValues":["6.0"],"newValues":["7.0"]}],"context":{},"entityChanges":[{"entityId":"7a1d0000-1111-4222-8333-444455550001","entityName":"Billing","entityType":"Queue","oldValues":["a"],"newValues":["b"]}]}
        """#,
        #"""
        {"id":"deadbeef-0007-4c6e-8f2b-1d2c3b4a0007","serviceName":"SomeFutureService","level":"PARTNER","eventDate":"2026-03-02T08:20:00Z","action":"Teleport","entity":null,"entityType":"Wormhole","status":"PENDING","propertyChanges":[{"property":"x","newValues":["1"]}],"context":{"k":"line1\nline2\u0000\ud83d\ude80"},"newTopLevelField":{"a":[1,2.5,true,null]}}
        """#,
    ]

    static let downloaded = #"""
        {"id":"9b1c","userId":"u-1","userHomeOrgId":"o-1","username":{"id":"u-1","name":"Ana","selfUri":"/api/v2/users/u-1"},
         "userDisplay":"Ana Souza","clientId":{"id":""},"remoteIp":["203.0.113.9"],"serviceName":"Architect","level":"USER",
         "eventTime":"2026-03-02T08:15:04Z","message":{"message":"published"},"action":"Publish","entityType":"Flow",
         "entity":{"id":"f-1"},"propertyChanges":[{"property":"p","newValues":["1"]}],"context":{"k":"v"},"future":[1]}
        """#
}
