"""Makes derived.json: other headers with b64, with the key and the payload of RFC 7797, section 4.

Uses only Python's hmac. The output is deterministic.
"""

import hmac
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import VectorFile, b64u, unb64u

KEY = unb64u("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
f = VectorFile("RFC 7797, section 4, changed", "vectors/rfc7797/make.py")

for name, header, payload, error in (
    ("b64 false and crit, payload of base64url characters", '{"alg":"HS256","b64":false,"crit":["b64"]}', "data",
     "header_crit_unsupported"),
    ("b64 true and crit", '{"alg":"HS256","b64":true,"crit":["b64"]}', "JC4wMg", "header_crit_unsupported"),
    ("b64 false without crit", '{"alg":"HS256","b64":false}', "JC4wMg", "header_b64_unsupported"),
    ("b64 false without crit, payload detached", '{"alg":"HS256","b64":false}', "", "header_b64_unsupported"),
    ("b64 true without crit", '{"alg":"HS256","b64":true}', "JC4wMg", "header_b64_unsupported"),
    ("b64 written with an escape, without crit", r'{"alg":"HS256","b\u00364":false}', "JC4wMg", "header_b64_unsupported"),
    # The unencoded payload of section 4 in the compact serialization. Its dot results in four segments.
    ("b64 false and crit, payload $.02 as it is", '{"alg":"HS256","b64":false,"crit":["b64"]}', "$.02",
     "malformed_token"),
):
    message = b64u(header.encode()) + "." + payload
    token = message + "." + b64u(hmac.new(KEY, message.encode(), "sha256").digest())
    f.add(name, token, secret=KEY, algs="HS256", profile="jws", error=error)
f.write("rfc7797/derived.json")
