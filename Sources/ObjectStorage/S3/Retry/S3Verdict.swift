import Model

/// What a reply means for the request that it answers.
package enum S3Verdict: Sendable, Equatable {
    /// It is the answer, good or bad; asking again gives the same.
    case final
    /// Asking again may give another.
    case again(RetrySchedule.Failure)
    /// Asking again with fresh credentials may give another.
    case refresh

    /// Judges a reply by its status and the code in its body.
    package init(_ reply: S3Reply) {
        guard reply.status >= 300 else {
            self = .final
            return
        }
        let error = S3ErrorReply(reply)
        switch error.code {
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken",
            "InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch":
            self = .refresh
        case "SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Busy",
            "InternalError", "RequestTimeout", "RequestLimitExceeded", "OperationAborted",
            "ConditionalRequestConflict", "TooManyRequests", "BadDigest", "IncompleteBody",
            "XAmzContentSHA256Mismatch", "XMinioServerNotInitialized":
            self = .again(.busy)
        case "NotImplemented", "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage":
            self = .final
        default:
            switch reply.status {
            case 408, 429, 500, 502, 503, 504, 509: self = .again(.busy)
            default: self = .final
            }
        }
    }
}
