"""Helpers shared by the Python makers in this folder (see README.md)."""

import base64
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))

NOW = 1750000000
ISS = "https://issuer.example.com"
AUD = "client-7f3a"
SUB = "user-248289761001"

ALGS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
        "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SECRET_LEN = {"HS256": 32, "HS384": 48, "HS512": 64}
CURVE = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

# Key identifiers of 128 bytes: in ASCII, and in UTF-8 where every character takes 3 or 4 bytes.
KID_128_ASCII = ("kid-of-128-bytes." + "0123456789abcdef" * 8)[:128]
KID_128_UTF8 = "鍵" * 40 + "🔑" * 2          # 40 * 3 + 2 * 4 = 128
assert len(KID_128_ASCII) == 128 and len(KID_128_UTF8.encode()) == 128


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(obj):
    """Returns JSON text without spaces and without escaping non-ASCII characters."""
    return json.dumps(obj, ensure_ascii=False, separators=(",", ":"))


def claims(**more):
    c = {"iss": ISS, "sub": SUB, "aud": AUD, "iat": NOW - 60, "exp": NOW + 3600}
    c.update(more)
    return c


def access_claims(**more):
    c = claims(client_id="client-7f3a", jti="jti-0001", scope="openid profile")
    c.update(more)
    return c


def odd_claims():
    """Returns the payloads of odd-claims.json, which every maker signs."""
    with open(os.path.join(HERE, "odd-claims.json"), encoding="utf-8") as f:
        return json.load(f)["claims"]


def int_b64u(n, length=None):
    return b64u(n.to_bytes(length or (n.bit_length() + 7) // 8, "big"))


def rsa_jwk(n, e=65537, **more):
    return {"kty": "RSA", "n": int_b64u(n), "e": int_b64u(e), **more}


def ec_jwk(crv, x, y, **more):
    size = {"P-256": 32, "P-384": 48, "P-521": 66}[crv]
    return {"kty": "EC", "crv": crv, "x": int_b64u(x, size), "y": int_b64u(y, size), **more}


def with_members(jwk, drop=("key_ops",), **more):
    """Returns a copy of a JWK, with some members removed and others added."""
    return {**{k: v for k, v in jwk.items() if k not in drop}, **more}


class VectorFile:
    def __init__(self, source, made_by):
        self.source, self.made_by, self.cases, self.names = source, made_by, [], set()

    def add(self, name, token, *, keys=None, secret=None, algs, profile="jwt", error=None, **request):
        assert name not in self.names, name
        self.names.add(name)
        assert (keys is None) != (secret is None), name
        case = {"name": name, "token": token}
        if keys is not None:
            case["keys"] = keys
        else:
            case["secret_base64url"] = b64u(secret)
        case["algs"] = [algs] if isinstance(algs, str) else list(algs)
        case["profile"] = profile
        order = ["issuer", "audience", "nonce", "subject", "typ", "now", "leeway", "max_age"]
        assert set(request) <= set(order), request
        case.update((k, request[k]) for k in order if k in request)
        if error is None:
            head, payload, _ = token.split(".")
            header = json.loads(unb64u(head))
            expect = {"ok": True, "alg": header["alg"]}
            if "kid" in header:
                expect["kid"] = header["kid"]
            expect["payload"] = payload
        else:
            expect = {"ok": False, "error": error}
        case["expect"] = expect
        self.cases.append(case)

    def write(self, path):
        doc = {"source": self.source, "made_by": self.made_by, "cases": self.cases}
        path = os.path.join(HERE, path)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(doc, f, ensure_ascii=False, indent=1)
            f.write("\n")
        print(f"{os.path.relpath(path, HERE)}: {len(self.cases)} cases")
