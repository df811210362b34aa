extension Grammar {
    static let history: [Key] = [
        kind("configuration"),
        Key("path", .scalar(.path), required: true, "The folder whose history is kept, in git."),
        Key("include", .list(.text, filled: false), "Patterns of what is taken. Default: all."),
        Key("exclude", .list(.text, filled: false), "Patterns of what is left out."),
        Key("remote", .mapping(remote), "Another repository that gets every commit."),
        keep,
    ]

    static let remote: [Key] = [
        Key(
            "url",
            .scalar(.gitRemote),
            required: true,
            "user@host:path, ssh://, https:// or an absolute path, without a password."
        ),
        Key("key", .secret, "Where the private key for SSH is. Default: ssh's own ways."),
    ]
}
