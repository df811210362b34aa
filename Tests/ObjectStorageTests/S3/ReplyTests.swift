import Model
import ObjectStorage
import TestKit
import Testing

@Suite struct ReplyTests {
    private static func page(_ extra: String = "", truncated: String = "false") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Name>b</Name><Prefix></Prefix><EncodingType>url</EncodingType>
          <KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>\(truncated)</IsTruncated>
          <Contents><Key>a%20b/c+d%2B</Key><LastModified>2026-11-28T02:56:02.443Z</LastModified>
            <ETag>&quot;415290769594460e2e485922904f345d&quot;</ETag><Size>7</Size></Contents>
          <Contents><Key>z</Key><LastModified>2026-11-28T02:56:02Z</LastModified><Size>0</Size>
            <StorageClass>GLACIER</StorageClass></Contents>\(extra)
        </ListBucketResult>
        """
    }

    @Test func `a page of a listing is read`() throws {
        let page = try ListingPage(Array(Self.page().utf8))
        #expect(page.items.map(\.key) == ["a b/c d+", "z"])
        #expect(page.items.map(\.bytes) == [7, 0])
        #expect(page.items[0].tag == "415290769594460e2e485922904f345d")
        #expect(page.items.map(\.storageClass) == [nil, "GLACIER"])
        #expect(page.items[0].modified == Instant(rfc3339: "2026-11-28T02:56:02.443Z"))
        #expect(page.next == nil)
        let more = Self.page(
            "<NextContinuationToken>1+/=</NextContinuationToken>",
            truncated: "true"
        )
        #expect(try ListingPage(Array(more.utf8)).next == "1+/=")
    }

    @Test(arguments: [
        "", " ", "<", "<a", "<a>", "<a><b></a></b>", "<a/><b/>", "x<a/>", "<a/>x", "<a b/>",
        "<a b=c/>", "<a b='c/>", "<a>&lt</a>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a>&#1114112;</a>", "<a>\u{1}</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<?xml version='1.0'", "<a><!-- </a>", "<a><![CDATA[ </a>", "</a>", "<1/>", "<a><?p?></a>",
        "<html><body>502 Bad Gateway</body></html>", "{\"Code\":\"x\"}",
        String(repeating: "<a>", count: 100_000),
    ])
    func `what is no listing throws`(text: String) {
        #expect(throws: MalformedReply.self) { _ = try ListingPage(Array(text.utf8)) }
    }

    @Test func `a page of unfinished uploads is read, and what is none throws`() throws {
        let upload =
            "<Upload><Key>a%20b</Key><UploadId>u1</UploadId>"
            + "<Initiated>2026-11-28T02:56:02.000Z</Initiated></Upload>"
        func page(_ rest: String, _ upload: String) -> [UInt8] {
            let encoding = "<EncodingType>url</EncodingType>"
            return Array(
                "<ListMultipartUploadsResult>\(encoding)\(upload)\(rest)</ListMultipartUploadsResult>"
                    .utf8
            )
        }
        let last = try UploadsPage(page("<IsTruncated>false</IsTruncated>", upload))
        #expect(last.items.map(\.key) == ["a b"] && last.items.map(\.id) == ["u1"])
        #expect(last.items[0].begun == Instant(rfc3339: "2026-11-28T02:56:02Z"))
        #expect(last.next == nil)
        let more =
            "<IsTruncated>true</IsTruncated><NextKeyMarker>k%2B</NextKeyMarker>"
            + "<NextUploadIdMarker>u2</NextUploadIdMarker>"
        let first = try UploadsPage(page(more, upload + upload))
        #expect(first.items.count == 2 && first.next?.key == "k+" && first.next?.upload == "u2")
        for bytes in [
            page("<IsTruncated>true</IsTruncated>", upload),
            page("<IsTruncated>maybe</IsTruncated>", upload),
            page("", upload.replacing("<UploadId>u1</UploadId>", with: "")),
            page("", upload.replacing("2026-", with: "26-")),
            Array("<ListBucketResult/>".utf8), Array(Self.page().utf8), [],
        ] {
            #expect(throws: MalformedReply.self) { _ = try UploadsPage(bytes) }
        }
    }

    @Test func `a listing that contradicts itself, or leaves out how it goes on, throws`() {
        for (old, new) in [
            ("<KeyCount>2", "<KeyCount>3"), ("<IsTruncated>false</IsTruncated>", ""),
            ("<IsTruncated>false", "<IsTruncated>maybe"),
            ("<IsTruncated>false", "<IsTruncated>true"),
            ("<Size>7", "<Size>-7"), ("<Size>7", "<Size>x"), ("<Size>7</Size>", ""),
            ("2026-11-28T02:56:02Z", "yesterday"), ("a%20b", "a%2"), ("<Key>z</Key>", ""),
            ("<Key>z</Key>", "<Key></Key>"),
        ] {
            let text = Self.page().replacing(old, with: new)
            #expect(text != Self.page())
            #expect(throws: MalformedReply.self, "\(new)") {
                _ = try ListingPage(Array(text.utf8))
            }
        }
    }

    @Test func `a listing cut off anywhere throws`() {
        let bytes = Array(Self.page().utf8)
        for count in bytes.indices {
            #expect(throws: MalformedReply.self) { _ = try ListingPage(Array(bytes[..<count])) }
        }
    }

    @Test func `a listing with any bytes changed is read or refused, and nothing else happens`() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("<>/&;#x![]-'\"= aK\0\u{1}".utf8) + [0xFF, 0xC3]
        var refused = 0
        for _ in 0..<5_000 {
            var bytes = Array(Self.page().utf8)
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = alphabet.randomElement(using: &generator) ?? 0
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: index)
                }
            }
            do throws(MalformedReply) {
                let page = try ListingPage(bytes)
                #expect(page.items.count <= 2, "seed \(seed)")
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000, "seed \(seed)")
    }

    @Test func `references, comments, CDATA and namespaces are understood`() throws {
        let text =
            "\u{FEFF}<?xml version=\"1.0\"?><!-- x --><s:a k='v'>1&amp;2<!-- - --><![CDATA[<3>]]>"
            + "&#x1F6F6;&#10;<b/></s:a> "
        let element = try XMLElement(parsing: Array(text.utf8))
        #expect(element.name == "a")
        #expect(element.text == "1&2<3>\u{1F6F6}\n")
        #expect(element["b"] == "")
    }

    @Test func `versions are read`() throws {
        let text = """
            <ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>
            <NextVersionIdMarker>v2</NextVersionIdMarker>
            <Version><Key>k</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest>
            <LastModified>2026-11-28T02:56:02Z</LastModified><Size>3</Size></Version>
            <DeleteMarker><Key>k</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>
            <LastModified>2026-11-28T02:56:03Z</LastModified></DeleteMarker></ListVersionsResult>
            """
        let page = try VersionPage(Array(text.utf8))
        #expect(page.items.map(\.id) == ["v1", "v2"])
        #expect(page.items.map(\.isMarker) == [false, true])
        #expect(page.items.map(\.isLatest) == [false, true])
        #expect(page.next == VersionPage.Next(key: "k", version: "v2"))
    }

    @Test(arguments: [
        ("Fri, 24 May 2013 00:00:00 GMT", Int64(1_369_353_600)),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
    ])
    func `dates of headers are read`(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == Instant(seconds: seconds))
        for bad in [
            "", "Fri, 24 May 2013 00:00:00 CET", "24 May 2013 00:00:00 GMT",
            "Fri, 32 May 2013 00:00:00 GMT",
        ] {
            #expect(HTTPDate.parse(bad) == nil)
        }
    }
}
