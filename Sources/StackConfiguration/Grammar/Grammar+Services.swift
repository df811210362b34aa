// The keys of the services around the data, and of the compose project that they belong to.
extension Grammar {
    static let compose: [Key] = [
        Key(
            "project",
            .scalar(.project),
            required: true,
            "The project's name; see docker compose ls."
        ),
        Key(
            "engine",
            .scalar(.engine),
            "Where the engine listens, unix:///path or tcp://host:port. Default: DOCKER_HOST, else unix:///var/run/docker.sock."
        ),
    ]

    /// The ways in which a service is controlled, of which each has exactly one.
    static let serviceWays = ["compose", "container", "systemd", "start"]

    static let service: [Key] = [
        Key("compose", .scalar(.text), "The service of the compose project."),
        Key("container", .scalar(.text), "The container, by its name."),
        Key("systemd", .scalar(.unit), "The unit of systemd, such as shop-web.service."),
        Key("start", .list(.text, filled: true), "The command that starts it, and ends."),
        Key("stop", .list(.text, filled: true), "The command that stops it, and ends."),
        Key(
            "status",
            .list(.text, filled: true),
            "The command that ends with 0 when it runs, with another number when it does not."
        ),
        Key(
            "after",
            .list(.label, filled: false),
            "The services that it is started after, and the components that it uses. A compose service knows its own."
        ),
        Key(
            "healthy_within",
            .scalar(.duration),
            "How long it may take until it works. Default: 2m."
        ),
    ]
}
