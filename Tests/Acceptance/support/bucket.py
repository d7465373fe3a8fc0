"""A bucket of S3 and the queue of its events."""
import os

import pytest


class Bucket:
    """A bucket that keeps all versions of its objects, and a queue that tells of them."""

    def __init__(self, name):
        boto3 = pytest.importorskip("boto3")
        endpoint = os.environ.get("MLCORE_TEST_S3_ENDPOINT")
        if not endpoint:
            pytest.skip("there is no server; tools/with-s3 starts one")
        self.name = name
        self.s3, self.sqs = (boto3.client(kind, endpoint_url=endpoint, region_name="us-east-1")
                             for kind in ("s3", "sqs"))
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.queue = self.sqs.create_queue(
            QueueName=name, Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
        arn = self.sqs.get_queue_attributes(
            QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"QueueConfigurations": [
                {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})

    def settings(self, has_queue=True):
        """Those of a loop that reads the folder in and writes the folder out."""
        return [f"watch.folders=s3://{self.name}/in", f"predict.folder=s3://{self.name}/out",
                *([f"watch.queue={self.queue}"] if has_queue else [])]

    def put(self, key, content):
        self.s3.put_object(Bucket=self.name, Key=key, Body=content)

    def get(self, key):
        return self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()

    def keys(self, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def versions(self, prefix):
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=prefix)
        return [(entry["Key"], entry["ETag"])
                for page in pages for entry in page.get("Versions", [])]

    def messages(self):
        """How many messages are in the queue, or with one who has not confirmed them."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)
