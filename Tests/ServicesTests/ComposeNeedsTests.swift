import Services
import Testing

@Suite struct ComposeNeedsTests {
    private static func container(
        _ service: String,
        _ needs: String,
        isOneOff: Bool = false
    ) -> Container {
        Container(
            name: "shop-\(service)-1",
            state: "running",
            labels: [
                "com.docker.compose.service": service,
                "com.docker.compose.depends_on": needs,
                "com.docker.compose.oneoff": isOneOff ? "True" : "False",
            ]
        )
    }

    private let needs = ComposeNeeds([
        container("web", "api:service_started:false,cache:service_healthy:true"),
        container("api", "pool:service_started:false"), container("api", "cache"),
        container("pool", "db:service_healthy:false"), container("db", "web"),
        container("web", "mail:service_started:false", isOneOff: true),
    ])

    @Test func `what lies behind services that nobody named is needed too`() {
        #expect(
            needs.reached(from: "web", upTo: ["db", "cache"]) == ["api", "cache", "pool", "db"]
        )
        #expect(needs.reached(from: "pool", upTo: ["db"]) == ["db"])
    }

    @Test func `nobody looks beyond a name that is known, nor round in a circle`() {
        #expect(needs.reached(from: "web", upTo: ["api", "cache"]) == ["api", "cache"])
        #expect(needs.reached(from: "db", upTo: []) == ["web", "api", "cache", "pool"])
        #expect(needs.reached(from: "nobody", upTo: []).isEmpty)
    }
}
