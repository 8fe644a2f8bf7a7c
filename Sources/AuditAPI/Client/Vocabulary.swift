// `Instant`, `Interval`, `AuditPage` and `Secret` are part of this library's own vocabulary.
@_exported import AuditCore
