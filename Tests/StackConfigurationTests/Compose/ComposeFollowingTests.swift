import Model
import StackConfiguration
import Testing

/// What a compose file says elsewhere: in other files, by `extends`, by aliases.
@Suite struct ComposeFollowingTests {
    private let worker = """
          worker:
            extends: app
            command: work
            volumes: ["./w:/w", "./other:/d"]
        """

    @Test func `what a service extends is its own`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              app:
                image: a
                env_file: app.env
                depends_on: [db]
                volumes: ["./d:/d", "./etc:/etc/app:ro"]
              db: {image: postgres:16}
            \(worker)
            """
        )
        #expect(proposal.files("files")?.paths == ["/opt/cc/d", "/opt/cc/w", "/opt/cc/other"])
        #expect(proposal.services.last?.after == ["files"])
        #expect(!proposal.advice.contains { $0.fact.contains("not followed") })
    }

    @Test func `a service of another file is followed, from where that file is`() throws {
        let text = """
            services:
              one: {extends: {file: base/common.yml, service: db}, ports: ["1:5432"]}
              two: {extends: {file: nowhere.yml, service: db}, image: a}
            """
        let common = """
            services:
              root: {image: "postgres:${VERSION}", volumes: ["./data:/var/lib/postgresql/data"]}
              db: {extends: {service: root}}
            """
        let proposal = try ComposeSamples.propose(
            text,
            files: ["/opt/cc/base/common.yml": common]
        )
        let cluster = try #require(proposal.postgres("one"))
        #expect(cluster.dataDirectory == "/opt/cc/base/data")
        #expect(cluster.dsn.contains("port=1 "))
        #expect(proposal.says("variable VERSION", "not set"))
        #expect(proposal.says("compose file", "what service 'two' extends"))
        #expect(proposal.history("config")?.include.contains("/base/common.yml") == true)
        #expect(proposal.history("config")?.exclude == ["/base/data"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `what is included is a part of it, with variables and a folder of its own`() throws {
        let text = """
            include: [more/compose.yml, {path: [third.yml, over.yml], project_directory: x}, none.yml]
            services: {app: {image: a}}
            """
        let proposal = try ComposeSamples.propose(
            text,
            files: [
                "/opt/cc/more/compose.yml":
                    "services: {m: {image: m, volumes: [\"${PLACE}:/d\", \"v:/v\"]}}\nvolumes: {v: {name: vol}}",
                "/opt/cc/more/.env": "PLACE=./here",
                "/opt/cc/third.yml": "services: {t: {image: t, volumes: [\"./t:/t\"]}}",
                "/opt/cc/over.yml": "services: {t: {volumes: [\"./u:/t\"]}}",
            ]
        )
        #expect(
            proposal.files("files")?.paths == [
                "/opt/cc/more/here", "/var/lib/docker/volumes/vol/_data", "/opt/cc/x/u",
            ]
        )
        #expect(proposal.services.map(\.name) == ["m", "t", "app"])
        #expect(proposal.says("compose file", "'/opt/cc/none.yml', which it includes"))
    }

    @Test func `a file that is read over another one changes what it names`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              db: {image: postgres:15, volumes: ["data:/var/lib/postgresql/data"]}
              app: {image: a, environment: {A: db}}
            volumes: {data: }
            """,
            over: [
                """
                name: other
                services:
                  db: {image: postgres:17, ports: ["7:5432"]}
                  extra: {image: x, volumes: ["./x:/x"]}
                volumes: {data: {name: precious}}
                """
            ]
        )
        #expect(proposal.project == "other")
        let directory = proposal.postgres("db")?.dataDirectory
        #expect(directory == "/var/lib/docker/volumes/precious/_data")
        #expect(proposal.postgres("db")?.dsn.contains("port=7 ") == true)
        #expect(proposal.files("files")?.paths == ["/opt/cc/x"])
        #expect(proposal.services.map(\.name) == ["db", "app", "extra"])
        #expect(
            proposal.history("config")?.include.prefix(2) == ["/docker-compose.yml", "/over0.yml"]
        )
    }

    @Test func `files and services that lead to one another end`() throws {
        let text = """
            include: [docker-compose.yml]
            services:
              a: {image: a, extends: b}
              b: {image: b, extends: a}
              c: {image: c, extends: {file: docker-compose.yml, service: c}}
            """
        let proposal = try ComposeSamples.propose(text, files: ["/opt/cc/docker-compose.yml": text])
        #expect(proposal.services.map(\.name) == ["a", "b", "c"])
        #expect(proposal.says("compose file", "what service 'a' extends"))
        #expect(proposal.says("compose file", "what service 'c' extends"))
    }

    @Test func `many aliases are followed, and what they add comes behind what is there`() throws {
        var text =
            "x-app: &app {image: a, volumes: [\"./d:/d\"]}\nx-log: &log {driver: none}\nservices:\n"
        for number in 1...200 { text += "  s\(number): {<<: *app, logging: *log}\n" }
        text += "  t:\n    <<: [{volumes: [\"./e:/e\"]}, *app]\n    image: postgres\n"
        text += "  u: {image: u, command: \"rm *.log *x\", environment: {CRON: '*/5 * * * *'}}\n"
        let proposal = try ComposeSamples.propose(text)
        #expect(proposal.services.count == 202)
        #expect(proposal.files("files")?.paths == ["/opt/cc/d"])
        #expect(proposal.postgres("t") != nil)
        #expect(proposal.says("path /opt/cc/e", "not where its data is"))
    }

    @Test(arguments: ["<<: [ALL], x: [ALL]", "x: [ALL], ? [ALL] : 1", "? {y: [ALL]} : 1"])
    func `aliases multiply nothing`(entries: String) throws {
        var text = "services: {a: {image: a}}\na0: &a0 {k: v}\n"
        for level in 1...45 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            let filled = entries.replacing("ALL", with: aliases)
            text += "a\(level): &a\(level) {\(filled)}\n"
        }
        #expect(try ComposeSamples.propose(text).services.count == 1)
    }

    @Test func `more aliases than anybody writes are refused`() {
        let text = "services: {a: {image: &i a}}\nx: [\(String(repeating: "*i,", count: 1001))]\n"
        #expect(throws: Fault.self) { try ComposeSamples.propose(text) }
    }
}
