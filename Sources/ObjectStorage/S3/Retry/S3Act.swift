import Model

/// What a request is for, in the words of its faults.
struct S3Act: Sendable {
    /// A verb and a thing, such as `store object`.
    let what: String
    /// What the thing is called.
    let name: String
    /// The store.
    let address: String

    /// The message of a fault: `unable to <verb> <thing> '<name>' in '<address>': <fact>`.
    func message(_ fact: String) -> String {
        "unable to \(what) '\(name)' in '\(address)': \(fact)"
    }

    /// The fault of a request that got no reply.
    func fault(_ failure: ExchangeFailure, attempts: Int, endpoint: S3Endpoint) -> Fault {
        let tried = attempts > 1 ? " (\(attempts) attempts)" : ""
        let place = "\(endpoint.host)\(endpoint.port.map { ":\($0)" } ?? "")"
        switch failure {
        case .unanswered(let fact):
            return Fault(
                .storeUnreachable,
                message("\(place) does not answer: \(fact)\(tried)"),
                hints: ["Check the network and `endpoint:` in the configuration."]
            )
        case .broken(let fact):
            return Fault(.storeUnreachable, message("\(fact)\(tried)"))
        case .untrusted(let fact):
            return Fault(
                .storeUnreachable,
                message("TLS with \(place) fails: \(fact)"),
                hints: [
                    "Name the certificates of its authority with `ca:` in the configuration, or "
                        + "install the package ca-certificates."
                ]
            )
        case .tooLarge:
            return Fault(.objectTooLarge, message("it is larger than its reader allows"))
        case .cancelled:
            return Fault(.cancelled, message("the work was cancelled"))
        }
    }

    /// The fault of a reply that is no S3.
    func fault(_ malformed: MalformedReply) -> Fault {
        Fault(.storeUnreachable, message("the server's reply makes no sense: \(malformed.fact)"))
    }

    /// The fault of a reply that says no, from a server whose clock is ahead of ours by some time.
    func fault(_ reply: S3Reply, endpoint: S3Endpoint, offset: Duration) -> Fault {
        let error = S3ErrorReply(reply)
        switch error.code {
        case "NoSuchBucket":
            return Fault(
                .storeMissing,
                message("there is no bucket '\(endpoint.bucket)'"),
                hints: ["Make it with your provider's tools; Lifeboat makes no buckets."]
            )
        case "NoSuchKey", "NoSuchVersion":
            return Fault(.objectMissing, message("it is not there"))
        case "RequestTimeTooSkewed", "RequestExpired":
            return Fault(
                .storeClock,
                message("this host's clock and the server's are \(Self.words(offset)) apart"),
                hints: ["Set this host's clock: timedatectl set-ntp true"]
            )
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken",
            "InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch":
            return Fault(
                .storeCredentials,
                message(error.words),
                hints: ["Check `credentials:` in the configuration, or the AWS_… variables."]
            )
        case "AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
            "IllegalLocationConstraintException":
            let region = error.region.map { ": '\($0)'" } ?? ""
            return Fault(
                .storeRegion,
                message("the bucket is not in region '\(endpoint.region)'"),
                hints: ["Set `region:` to that of the bucket\(region)."]
            )
        case "InvalidObjectState":
            let kind = error.storageClass.map { " (\($0))" } ?? ""
            return Fault(
                .objectArchived,
                message("it lies in cold storage\(kind) and must be thawed first"),
                hints: ["Thaw what a restore needs: lifeboat restore … --thaw"]
            )
        case "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "StorageCapExceeded":
            return Fault(.storeFull, message(error.words), hints: ["Raise the quota there."])
        default: return other(error)
        }
    }

    private func other(_ error: S3ErrorReply) -> Fault {
        switch error.status {
        case 401, 403:
            return Fault(
                .storeDenied,
                message(error.words),
                hints: ["Docs/operations.md lists the permissions that each role needs."]
            )
        case 404: return Fault(.objectMissing, message("it is not there"))
        case 507: return Fault(.storeFull, message(error.words), hints: ["Raise the quota there."])
        default: return Fault(.storeUnreachable, message(error.words))
        }
    }

    private static func words(_ offset: Duration) -> String {
        let seconds = abs(offset.components.seconds)
        return seconds < 120 ? "\(seconds) seconds" : "\(seconds / 60) minutes"
    }
}
