"""Starts MiniStack, with one of its gaps mended.

AWS Secrets Manager gives the first version of a secret the id that CreateSecret was called with (ClientRequestToken);
MiniStack 1.5.33 makes up another, so that whoever asks for the version by its own id does not find it.
"""

import json

from ministack.app import main
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

if __name__ == "__main__":
    main()
