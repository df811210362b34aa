import Foundation

/// The programs that `Scripts/setup` installs below the checkout.
enum TestDependencies {
    /// The checkout: three folders above this file.
    private static let checkout = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The program rclone.
    static var rclone: String { checkout.appending(path: ".deps/rclone").path }
    /// The program redis-server of Redis 8.
    static var redis8: String { checkout.appending(path: ".deps/redis-8").path }
    /// The program valkey-server of Valkey 9.
    static var valkey9: String { checkout.appending(path: ".deps/valkey-9").path }
    /// The folder of Python modules with moto.
    static var moto: String { checkout.appending(path: ".deps/moto").path }
    /// The folder of a PostgreSQL's programs.
    static func postgres(_ major: Int) -> URL {
        checkout.appending(path: ".deps/postgresql-\(major)/bin").resolvingSymlinksInPath()
    }
}
