// The keys of copies, of what is kept in them, and of what shall be true of them.
extension Grammar {
    static let copy: [Key] =
        [
            Key("name", .scalar(.label), required: true, "The name of the copy."),
            Key(
                "url",
                .scalar(.copyURL),
                required: true,
                "A directory, file:///path, or a bucket and a prefix, s3://bucket/prefix."
            ),
        ] + bucket + [
            Key(
                "medium",
                .scalar(.choice(CopyConfiguration.Medium.allCases.map(\.rawValue))),
                "What it is kept on. Default: disk for a directory, object for a bucket."
            ),
            Key("site", .scalar(.label), "The place on earth where it is."),
            Key("lock", .mapping(lock), "How long what is stored cannot be deleted."),
            Key("limit", .scalar(.rate), "The most that goes there or comes from there: 40MiB/s."),
            Key(
                "every",
                .scalar(.duration),
                "How often it is brought up to date. Default: with every backup, and with the log as it comes."
            ),
            Key("keep", .keep, "Which snapshots it keeps. Default: what each component says."),
            Key(
                "offline",
                .scalar(.boolean),
                "Whether it is there only now and then, such as a disk that is plugged in. Default: false."
            ),
        ]

    /// The keys that a copy in a bucket has and one in a directory has not.
    static let bucket: [Key] = [
        Key(
            "endpoint",
            .scalar(.endpoint),
            "The S3 service, https://host. Default: AWS_ENDPOINT_URL, else AWS."
        ),
        Key("region", .scalar(.word), "The region. Default: AWS_REGION, else us-east-1."),
        Key(
            "path_style",
            .scalar(.boolean),
            "Whether the bucket stands in the path. Default: as the endpoint asks for."
        ),
        Key("ca", .scalar(.path), "The certificates that vouch for the endpoint, a PEM file."),
        Key(
            "credentials",
            .secret,
            "What holds the access key, in the form of ~/.aws/credentials, section [default]. Default: the environment and files of AWS's own programs."
        ),
        Key("storage_class", .scalar(.word), "The storage class, such as GLACIER_IR."),
    ]

    static let lock: [Key] = [
        Key(
            "mode",
            .scalar(.choice(CopyLock.Mode.allCases.map(\.rawValue))),
            required: true,
            "Who may lift it: governance, whoever is permitted to; compliance, nobody."
        ),
        Key("for", .scalar(.duration), required: true, "How long it holds."),
    ]

    static let keep = Key(
        "keep",
        .keep,
        "Which snapshots stay: forever, or counts by rule. Default: all."
    )

    /// What a `keep` may count; a snapshot stays when any rule wants it.
    static let keepRules: [Key] = [
        Key("last", .scalar(.count), "The newest this many, whatever their age."),
        Key("hourly", .scalar(.count), "The newest of each of this many hours that have one."),
        Key("daily", .scalar(.count), "The newest of each of this many days that have one."),
        Key("weekly", .scalar(.count), "The newest of each of this many weeks that have one."),
        Key("monthly", .scalar(.count), "The newest of each of this many months that have one."),
        Key("yearly", .scalar(.count), "The newest of each of this many years that have one."),
    ]

    static let objectives: [Key] = [
        Key(
            "copies",
            .scalar(.choice(ObjectiveConfiguration.CopyRule.allCases.map(\.rawValue))),
            "3-2-1: three copies, the source among them, on two media, one off site; 3-2-1-1-0: one locked or offline too, and no error."
        )
    ]
}
