// From an examined section to the services; nothing can be wrong here any more.
extension ServiceConfiguration {
    init(name: String, _ section: Section) {
        let way: Way =
            if let service = section.text("compose") {
                .compose(service)
            } else if let container = section.text("container") {
                .container(container)
            } else if let unit = section.text("systemd") {
                .unit(unit)
            } else {
                .commands(
                    start: section.list("start"),
                    stop: section.list("stop"),
                    status: section.list("status")
                )
            }
        self.init(
            name: name,
            way: way,
            after: section.list("after"),
            healthyWithin: section.text("healthy_within").flatMap(ScalarForm.duration)
                ?? Self.usualPatience
        )
    }
}

extension ComposeConfiguration {
    init?(_ section: Section) {
        guard let project = section.text("project") else { return nil }
        self.init(project: project, engine: section.text("engine"))
    }
}
