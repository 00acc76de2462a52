"""Starts MiniStack, with three of its gaps mended.

AWS Secrets Manager gives the first version of a secret the id that CreateSecret was called with (ClientRequestToken);
MiniStack 1.5.33 makes up another, so that whoever asks for the version by its own id does not find it.

AWS has no permission of its own for a batch of messages: who may sqs:SendMessage may SendMessageBatch. MiniStack asks for
sqs:SendMessageBatch, which no policy for AWS would name.

AWS keeps what is on a table's stream. MiniStack writes down how far each function has read it, but not the stream itself:
started again, a function waits until as many changes have been made as it had read before.
"""

import copy
import json

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import dynamodb, secretsmanager

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

get_table_state = dynamodb.get_state
load_table_state = dynamodb.load_persisted_state


def get_table_state_with_streams():
    streams = {
        "stream_records": copy.deepcopy(dynamodb._stream_records),
        "stream_trimmed": copy.deepcopy(dynamodb._stream_trimmed),
    }
    return {**get_table_state(), **streams}


def load_table_state_with_streams(data):
    load_table_state(data)
    if data and "stream_records" in data:
        dynamodb._stream_records.update(data["stream_records"])
        dynamodb._stream_trimmed.update(data["stream_trimmed"])


dynamodb.get_state = get_table_state_with_streams
dynamodb.load_persisted_state = load_table_state_with_streams

if __name__ == "__main__":
    main()
