/// The JSON Schema of `lifeboat.yaml`, made from the tables that decoding uses.
///
/// Every value may be interpolated, so each pattern also allows a text with a `$` in it; what comes out of the
/// interpolation is checked when the file is decoded.
public enum ConfigurationSchema {
    /// The schema (draft 2020-12), as `Docs/lifeboat.schema.json` publishes it.
    public static let text = render()

    private static func render() -> String {
        var root = object(Grammar.stack, title: "lifeboat.yaml")
        root.insert(("$schema", .text("https://json-schema.org/draft/2020-12/schema")), at: 0)
        root.append(
            ("$defs", .object([("secret", .object(secret())), ("variable", .object(variable))]))
        )
        return SchemaNode.object(root).text(depth: 0) + "\n"
    }

    private static let variable: SchemaNode.Fields = [
        ("description", .text("A value with variables in it.")),
        ("type", .text("string")),
        ("pattern", .text("\\$")),
    ]

    private static func secret() -> SchemaNode.Fields {
        var fields = object(Grammar.secret, title: nil)
        fields.insert(("description", .text("Where a secret is found; never the secret.")), at: 0)
        return fields + [("minProperties", .number(1)), ("maxProperties", .number(1))]
    }

    private static func object(_ keys: [Key], title: String?) -> SchemaNode.Fields {
        let required = keys.filter(\.isRequired).map { SchemaNode.text($0.name) }
        let properties = keys.map { key in
            (key.name, SchemaNode.object([("description", .text(key.summary))] + schema(key.form)))
        }
        return (title.map { [("title", SchemaNode.text($0))] } ?? []) + [
            ("type", .text("object")), ("additionalProperties", .boolean(false)),
            ("properties", .object(properties)),
        ] + (required.isEmpty ? [] : [("required", .array(required))])
    }

    private static func schema(_ form: Form) -> SchemaNode.Fields {
        switch form {
        case .scalar(let form): return schema(form)
        case .list(let form, let filled):
            return [("type", .text("array")), ("items", .object(schema(form)))]
                + (filled ? [("minItems", .number(1))] : [])
        case .mapping(let keys): return object(keys, title: nil)
        case .copies(let keys):
            return [
                ("type", .text("array")), ("items", .object(object(keys, title: nil))),
                ("minItems", .number(1)),
            ]
        case .components(let kinds):
            let choices = kinds.map { SchemaNode.object(object($0.keys, title: $0.kind)) }
            return [
                ("type", .text("object")), ("minProperties", .number(1)),
                ("propertyNames", .object([("pattern", .text(label))])),
                ("additionalProperties", .object([("oneOf", .array(choices))])),
            ]
        case .services(let keys):
            return [
                ("type", .text("object")),
                ("propertyNames", .object([("pattern", .text(label))])),
                ("additionalProperties", .object(object(keys, title: nil))),
            ]
        case .keep:
            let rules = object(Grammar.keepRules, title: nil) + [("minProperties", .number(1))]
            return [("anyOf", .array([.object(schema(.choice(["forever"]))), .object(rules)]))]
        case .secret: return [("$ref", .text("#/$defs/secret"))]
        }
    }

    private static let label = "^[a-z0-9][a-z0-9_-]{0,62}$"

    private static func schema(_ form: ScalarForm) -> SchemaNode.Fields {
        switch form {
        case .version: [("const", .number(1))]
        case .label: pattern(label)
        case .path: pattern("^/")
        case .choice(let words): orVariable([("enum", .array(words.map { .text($0) }))])
        case .duration: pattern("^[0-9]{1,9}(ms|s|m|h|d)$")
        case .count: orVariable([("type", .text("integer")), ("minimum", .number(1))])
        case .upTo(let most):
            orVariable([
                ("type", .text("integer")), ("minimum", .number(1)), ("maximum", .number(most)),
            ])
        case .rate: pattern("^[0-9]{1,9}([KMG]i?)?B/s$")
        case .size: pattern("^[0-9]{1,9}([KMG]i?)?B$")
        case .endpoint: pattern("^https?://[^@/]+$")
        case .project: pattern("^[a-z0-9][a-z0-9_-]*$")
        case .engine: pattern("^(unix:///|tcp://|http://)")
        case .unit: pattern("^[^/-][^/]*\\.(service|socket|timer|path|target|scope|slice)$")
        case .gitRemote: pattern("^(ssh://|https://|/|[^-/: ][^/: ]*:[^:/ ]).*$")
        case .word: pattern("^[A-Za-z0-9_-]{1,63}$")
        case .boolean: orVariable([("type", .text("boolean"))])
        case .recipient: pattern("^age1[02-9ac-hj-np-z]{58}$")
        case .redisAddress: pattern("^(rediss?://[^@]+|unix:///.+)$")
        case .copyURL: pattern("^(file:///|s3://[a-z0-9])")
        case .slot: pattern("^[a-z0-9_]{1,63}$")
        case .environmentName: pattern("^[A-Za-z_][A-Za-z0-9_]*$")
        case .credentialName: pattern("^[^./][^/]*$")
        case .text, .dsn: [("type", .array([.text("string"), .text("number")]))]
        }
    }

    private static func pattern(_ pattern: String) -> SchemaNode.Fields {
        orVariable([("type", .text("string")), ("pattern", .text(pattern))])
    }

    private static func orVariable(_ fields: SchemaNode.Fields) -> SchemaNode.Fields {
        [("anyOf", .array([.object(fields), .object([("$ref", .text("#/$defs/variable"))])]))]
    }
}
