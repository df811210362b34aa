extension MotoServer {
    /// What the Python process does: starts the server and fills it with AWS' own client.
    ///
    /// Where there are users, nobody else is let in any more after that. The file `ready` holds the users' keys.
    static let script = """
        import json, os, sys, threading
        import boto3
        from moto import settings
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server, WSGIRequestHandler

        WSGIRequestHandler.protocol_version = "HTTP/1.1"
        order = json.loads(sys.argv[1])
        server = make_server("127.0.0.1", order["port"],
                             DomainDispatcherApplication(create_backend_app), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names = dict(endpoint_url="http://127.0.0.1:%d" % order["port"], region_name="us-east-1",
                     aws_access_key_id="test-access", aws_secret_access_key="test-secret")
        s3 = boto3.client("s3", **names)
        for bucket in order["buckets"]:
            s3.create_bucket(Bucket=bucket["name"], ObjectLockEnabledForBucket=bucket["locks"])
            if bucket["versions"]:
                s3.put_bucket_versioning(Bucket=bucket["name"],
                                         VersioningConfiguration={"Status": "Enabled"})
        users = {}
        iam = boto3.client("iam", **names)
        for user, policy in order["users"].items():
            iam.create_user(UserName=user)
            iam.put_user_policy(UserName=user, PolicyName="role", PolicyDocument=policy)
            key = iam.create_access_key(UserName=user)["AccessKey"]
            users[user] = [key["AccessKeyId"], key["SecretAccessKey"]]
        if users:
            settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        with open("ready.new", "w") as file:
            json.dump(users, file)
        os.rename("ready.new", "ready")
        threading.Event().wait()
        """
}
