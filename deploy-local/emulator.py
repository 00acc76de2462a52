"""Starts MiniStack, with two of its gaps mended.

AWS Secrets Manager gives the first version of a secret the id that CreateSecret was called with (ClientRequestToken);
MiniStack 1.5.33 makes up another, so that whoever asks for the version by its own id does not find it.

AWS has no permission of its own for a batch of messages: who may sqs:SendMessage may SendMessageBatch. MiniStack asks for
sqs:SendMessageBatch, which no policy for AWS would name.
"""

import json

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import secretsmanager

create_secret = secretsmanager._create_secret


def create_secret_with_id(data):
    status, headers, body = create_secret(data)
    wanted = data.get("ClientRequestToken")
    if status != 200 or wanted is None:
        return status, headers, body
    answer = json.loads(body)
    versions = secretsmanager._secrets[answer["Name"]]["Versions"]
    versions[wanted] = versions.pop(answer["VersionId"])
    return status, headers, json.dumps({**answer, "VersionId": wanted}).encode()


secretsmanager._create_secret = create_secret_with_id

extract_iam_action = iam_actions.extract_iam_action


def extract_iam_action_of_aws(*request):
    action = extract_iam_action(*request)
    return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action


iam_actions.extract_iam_action = extract_iam_action_of_aws

if __name__ == "__main__":
    main()
