import Model
import PostgresWire
import Testing

@Suite struct ConnectionFailureTests {
    private func fault(_ text: String, replication: Bool = false) -> Fault {
        ConnectionFailure(text).fault(target: "db:5432", user: "app", isReplication: replication)
    }

    @Test func `a refusal by pg_hba.conf comes with the line that mends it`() {
        let text = """
            connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  28000: \
            no pg_hba.conf \
            entry for replication connection from host "10.0.0.7", user "app", no encryption
            LOCATION:  ClientAuthentication, auth.c:543
            """
        let fault = fault(text, replication: true)
        #expect(fault.code == .postgresHostAccess)
        #expect(fault.hints.first?.contains("host replication \"app\" 10.0.0.7/32") == true)
        #expect(
            fault.message.hasPrefix("unable to connect to PostgreSQL 'db:5432': no pg_hba.conf")
        )
    }

    @Test func `a refusal in another language is understood`() {
        let text = """
            Verbindung zum Server auf »db«, Port 5432 fehlgeschlagen: \
            FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen
            ORT:  auth_failed, auth.c:333
            """
        #expect(fault(text).code == .postgresAuthentication)
    }

    @Test func `a database that may not be connected to is granted by name`() {
        let text = """
            x failed: FATAL:  42501: permission denied for database "my app"
            DETAIL:  User does not have CONNECT privilege.
            LOCATION:  CheckMyDatabase, postinit.c:371
            """
        let fault = ConnectionFailure(text).fault(
            target: "db:5432",
            user: "backup",
            isReplication: false
        )
        #expect(
            fault.hints == [
                "Run in the server: GRANT CONNECT ON DATABASE \"my app\" TO \"backup\";"
            ]
        )
    }

    @Test(arguments: [
        ("53300: sorry, too many clients already", "max_connections"),
        ("53300: exceeds max_wal_senders (currently 20)", "max_wal_senders = 25;"),
        ("57P03: the database system is starting up", "Wait"),
        ("3D000: database \"x\" does not exist", "dbname=postgres"),
    ])
    func `a server that takes no connection now comes with what mends it`(
        text: String,
        words: String
    ) {
        let fault = fault("x failed: FATAL:  \(text)")
        #expect(fault.hints.count == 1 && fault.hints[0].contains(words), "\(fault.hints)")
        #expect(!fault.hints[0].contains("wal_level"))
    }

    @Test(arguments: [
        (
            "x failed: FATAL:  42501: must be superuser\nLOCATION:  InitPostgres, postinit.c:9",
            "E-PG-ROLE"
        ),
        (
            "x failed: FATAL:  28000: role \"x\" does not exist\nLOCATION:  I, miscinit.c:7",
            "E-PG-AUTH"
        ),
        ("x failed: FATAL:  53300: too many clients", "E-PG-UNREACHABLE"),
        ("x failed: FATAL:  57P03: the database system is starting up", "E-PG-UNREACHABLE"),
        ("x failed: fe_sendauth: no password supplied", "E-PG-AUTH"),
        ("connection to server failed: Connection refused", "E-PG-UNREACHABLE"),
        ("", "E-PG-UNREACHABLE"),
    ])
    func `each refusal has its id`(text: String, id: String) { #expect(fault(text).code.id == id) }
}
