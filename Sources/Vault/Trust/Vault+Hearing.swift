public import Model
internal import ObjectStorage
internal import Sealing

// `hosts/` can be overwritten or deleted; what the operator signed lies in every head, too.
extension Vault {
    /// Takes note of an enrolment that a head carries along, or another copy knows of, if the operator signed it and `hosts/`
    /// lacks it.
    func hear(_ text: String?, isCarried: Bool = true) {
        guard let text, !heard.knows(text, isCarried: isCarried),
            !enrolments.contains(where: { $0.text == text }),
            let enrolment = try? enrolment(Array(text.utf8), object: "hosts/")
        else { return }
        heard.note(enrolment, isCarried: isCarried)
    }

    /// Takes note of what another value of this vault knows of hosts and this one does not; it is shared by all values that
    /// were made from this one.
    public func learn(from other: Vault) {
        guard other.id == id else { return }
        for enrolment in other.enrolments + other.heard.carried + other.heard.enrolments {
            hear(enrolment.text, isCarried: false)
        }
    }

    /// Reads what the heads of a host, or of one stream, say of hosts and their revoked keys.
    ///
    /// One listing, and one short read for each snapshot. What cannot be read is passed over.
    ///
    /// - Throws: what the store throws.
    public func hearHeads(of host: String, stream: StreamName? = nil) async throws(Fault) {
        for (id, bytes) in try await snapshotNames(of: stream) where id.stream.host == host {
            do throws(Fault) {
                _ = try await snapshot(id, objectBytes: bytes)
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                continue
            }
        }
    }

    /// Everything under `hosts/` that cannot be used, or that is gone and that heads carry a copy of or this host has seen
    /// there, one fault each; what another copy or an older version made good is not among it.
    public var hostFaults: [Fault] {
        refusedHosts
            + (lostEnrolments.map(\.name) + lostRevocations).map {
                .damaged($0.text, Self.lostDocument)
            }
    }

    /// What is so of a document under `hosts/` that is gone.
    static let lostDocument =
        "it is missing; heads of the host carry a copy of it, or this host saw it"

    /// The enrolments that heads carry along, or this host has seen under `hosts/`, and that are not there, once a name.
    var lostEnrolments: [Enrolment] {
        let known = Set(enrolments.map(\.name))
        var lost: [Enrolment] = []
        for enrolment in heard.carried
        where !known.contains(enrolment.name) && lost.last?.name != enrolment.name {
            lost.append(enrolment)
        }
        return lost
    }
}
