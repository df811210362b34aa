import Model
import Synchronization

extension S3Store {
    /// The bytes of one part; more for objects that would have more than ten thousand.
    private static func partSize(_ bytes: Int) -> Int { max(32 << 20, (bytes + 9_999) / 10_000) }

    /// Stores an object in parts, one after the other; aborts the upload when it fails.
    ///
    /// - Returns: The reply that says whether the object is there.
    func sendInParts(
        _ name: ObjectName,
        _ whole: UploadPart,
        _ act: S3Act,
        isReplacing: Bool
    ) async throws(Fault) -> S3Reply {
        var begin = S3Request("POST", key(name))
        begin.query = [("uploads", "")]
        begin.headers = newObjectHeaders(name)
        let reply = try await client.perform(begin, act)
        guard reply.isSuccess else { throw client.fault(reply, act) }
        let upload = try field("UploadId", of: reply, act)
        do throws(Fault) {
            var tags: [String] = []
            let size = Self.partSize(whole.count)
            for start in stride(from: 0, to: whole.count, by: size) {
                let end = min(start + size, whole.count)
                let part = UploadPart(whole.bytes, start..<end)
                tags.append(try await send(part, number: tags.count + 1, of: upload, name, act))
            }
            return try await finish(upload, tags, name, act, isReplacing: isReplacing)
        } catch {
            try await abort(upload, name, after: error, act)
        }
    }

    private func send(
        _ part: UploadPart,
        number: Int,
        of upload: String,
        _ name: ObjectName,
        _ act: S3Act
    ) async throws(Fault) -> String {
        var request = S3Request("PUT", key(name))
        request.query = [("partNumber", "\(number)"), ("uploadId", upload)]
        request.body = part
        request.set("content-md5", Self.base64(Array(ETag.md5(part))))
        let reply = try await client.perform(request, act)
        guard reply.isSuccess else { throw client.fault(reply, act) }
        guard let tag = reply["etag"] else {
            throw act.fault(MalformedReply("it has no tag for a part"))
        }
        return tag
    }

    private func finish(
        _ upload: String,
        _ tags: [String],
        _ name: ObjectName,
        _ act: S3Act,
        isReplacing: Bool
    ) async throws(Fault) -> S3Reply {
        let parts = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\"\(ETag.plain(tag))\"</ETag></Part>"
        }
        let text =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + parts.joined() + "</CompleteMultipartUpload>"
        var request = S3Request("POST", key(name))
        request.query = [("uploadId", upload)]
        request.body = UploadPart(Array(text.utf8))
        request.set("content-type", "application/xml")
        if !isReplacing, client.learned.withLock({ $0.takesConditions }) {
            request.set("if-none-match", "*")
        }
        let reply = try await client.perform(request, act)
        // A server may find out that it cannot only after it has begun to answer with success.
        if reply.isSuccess {
            _ = try field("ETag", of: reply, act)
        } else if reply.status != 412 {
            // An earlier attempt whose reply was lost has used the upload up.
            guard S3ErrorReply(reply).code == "NoSuchUpload", try await facts(name, act) != nil
            else { throw client.fault(reply, act) }
            return S3Reply(status: 412)
        }
        return reply
    }

    private func abort(
        _ upload: String,
        _ name: ObjectName,
        after fault: Fault,
        _ act: S3Act
    ) async throws(Fault) -> Never {
        var request = S3Request("DELETE", key(name))
        request.query = [("uploadId", upload)]
        do throws(Fault) {
            _ = try await client.perform(request, act)
        } catch {
            throw fault.adding(
                hint:
                    "Parts of it may be left there; let a rule of the bucket remove unfinished uploads."
            )
        }
        throw fault
    }

    private func field(
        _ name: String,
        of reply: S3Reply,
        _ act: S3Act
    ) throws(Fault) -> String {
        do throws(MalformedReply) {
            let document = try XMLElement(parsing: reply.body)
            if document.name == "Error" {
                throw MalformedReply("it begins with success and ends with an error")
            }
            return try document.required(name)
        } catch {
            throw act.fault(error)
        }
    }
}
