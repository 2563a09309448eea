"""Makes systems.json with PyJWT: the keys and responses of four systems (PEM keys in JSON, JWK Sets, secrets, metadata,
token responses, UserInfo), and hostile variants of each. See README.md."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import string
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from common import ALGS, b64u, compact  # noqa: E402

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
HASH = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
JWS = jwt.PyJWS()


def new_key(alg="RS256"):
    if alg in CURVES:
        return ec.generate_private_key(CURVES[alg]())
    return rsa.generate_private_key(65537, 2048)


def jwk(key, **members):
    to_jwk = RSAAlgorithm.to_jwk if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm.to_jwk
    public = json.loads(to_jwk(key.public_key()))
    public.pop("key_ops", None)
    return {**public, **members}


def public_pem(key):
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, info).decode()


def certificate_pem(key):
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"),
                      x509.NameAttribute(NameOID.COMMON_NAME, "my-pim.example.com")])
    begin = datetime(2022, 1, 24, tzinfo=timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begin).not_valid_after(begin + timedelta(days=365))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def php_json(value):
    """Returns JSON as PHP's json_encode writes it, with slashes and non-ASCII characters escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def sign(payload, key, alg, **header):
    """Signs a payload text unchanged. PyJWT sorts the members of the header."""
    return JWS.encode(payload.encode(), key, algorithm=alg, headers=header)


def left_half(text, alg):
    digest = HASH[alg[2:]](text.encode()).digest()
    return b64u(digest[:len(digest) // 2])


def unsecured(payload):
    return b64u(b'{"alg":"none"}') + "." + b64u(payload.encode()) + "."


def keyed_with(text, payload):
    """Signs with HS256 and a public text as the key: an algorithm confusion attack. PyJWT refuses to do that."""
    message = b64u(b'{"typ":"JWT","alg":"HS256"}') + "." + b64u(payload.encode())
    return message + "." + b64u(hmac.new(text.encode(), message.encode(), hashlib.sha256).digest())


def text_secret(length, letters=string.ascii_letters + string.digits):
    return "".join(secrets.choice(letters) for _ in range(length))


def akeneo():
    old, new, other = new_key(), new_key(), new_key()
    payload = ('{"iss":"https:\\/\\/my-pim.example.com","jti":"d1e3b1a8-4b8f-4b59-a8f7-7e6a4ab5a8f1",'
               '"sub":"17a1b6d5-0b83-4a1b-9d63-2486899e0001","aud":"69d7c1a4-5b0e-4c0e-9a3f-2f6f0c6a1b7d",'
               '"iat":1643029678.467703,"exp":1643033278.467703,"firstname":"Sample","lastname":"User",'
               '"email":"user@example.com"}')

    def published(pem):
        return php_json({"public_key": pem, "algorithm": "sha256", "algorithm_identifier": "RS256"})

    def answer(id_token):
        return php_json({"access_token": "Y2YyYjM1ZjMyMmZlZmE5Yzg0OTNiYjRjZTJjNjk0ZTUxYTE0NWI5Zm",
                         "token_type": "bearer", "scope": "openid email profile read_products",
                         "id_token": id_token})

    certificate = certificate_pem(old)
    return {
        "public_key": published(public_pem(old)), "certificate": published(certificate),
        "certificate_crlf": published(certificate.replace("\n", "\r\n")),
        "regenerated": published(certificate_pem(new)),
        "token_response": answer(sign(payload, old, "RS256")),
        "regenerated_token_response": answer(sign(payload, new, "RS256")),
        "forged": sign(payload, other, "RS256"),
        "keyed_with_certificate": keyed_with(certificate, payload),
        "keyed_with_public_key": keyed_with(public_pem(old), payload),
        "unsecured": unsecured(payload),
    }


def airlock():
    key, other, secret = new_key(), new_key(), text_secret(64)
    issuer = "https://iam.example.com/auth-login/oauth2/v3/as-1"
    claims = {"iss": issuer, "sub": "user-248289761001", "aud": "client-7f3a", "exp": 1700003600, "iat": 1700000000,
              "auth_time": 1699999990, "nonce": "n-0S6_WzA2Mj", "user_name": "user-248289761001"}
    payload = compact(claims)
    metadata = {"issuer": issuer, "authorization_endpoint": issuer + "/authorize", "token_endpoint": issuer + "/token",
                "userinfo_endpoint": issuer + "/userinfo", "jwks_uri": issuer + "/client-7f3a/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS512", "none"]}
    jwks = {"keys": [jwk(key, kid="rsa-sign-1", use="sig"), jwk(new_key(), kid="rsa-enc-1", use="enc")]}

    def user_info(sub):
        return compact({"sub": sub, "user_name": "user-248289761001", "email": "user@example.com"})

    return {
        "metadata": compact(metadata), "jwks": compact(jwks), "client_secret": secret,
        "signed": sign(payload, key, "RS256", kid="rsa-sign-1"),
        "maced": sign(payload, secret.encode(), "HS512"),
        "unsecured": unsecured(payload),
        "forged": sign(payload, other, "RS256", kid="rsa-sign-1"),
        "forged_mac": sign(payload, text_secret(64).encode(), "HS512"),
        "keyed_with_jwks": keyed_with(compact(jwks), payload),
        "user_info": user_info("user-248289761001"), "user_info_of_another": user_info("user-248289761002"),
        "user_info_with_space": user_info("user-248289761001 "),
    }


def akana():
    """Every algorithm, as returned by the authorization endpoint: with at_hash, c_hash and roles."""
    code, access_token = text_secret(43), text_secret(64)
    claims = {"sub": "user-1", "aud": "app-portal-01", "nonce": "n-0S6_WzA2Mj", "auth_time": 1699999990,
              "iat": 1700000000, "exp": 1700003600, "roles": ["api-admin", "api-user"], "scp": "orders:read orders:write"}
    issuers = {name: f"https://{name}.example.com/oauth" for name in ("login", "partners")}
    keys = {name: {kid: new_key(alg) for kid, alg in
                   (("rsa-2023", "RS256"), ("rsa-2024", "RS256"), ("ec256", "ES256"), ("ec384", "ES384"),
                    ("ec512", "ES512"))} for name in issuers}
    # A secret of 64 bytes: 86 characters of both base64 alphabets, with characters in between that lenient decoders skip.
    text = ""
    while not set("+/-_") <= set(text):
        secret = os.urandom(64)
        text = base64.b64encode(secret).decode().rstrip("=")
        text = "".join(c if i % 2 else {"+": "-", "/": "_"}.get(c, c) for i, c in enumerate(text))
    lenient = text[:20] + " \n" + text[20:50] + "!" + text[50:] + "==ignored"

    def payload(name, alg, **more):
        return compact({"iss": issuers[name], **claims, "at_hash": left_half(access_token, alg),
                        "c_hash": left_half(code, alg), **more})

    def kid_for(alg, year="2023"):
        return {"ES256": "ec256", "ES384": "ec384", "ES512": "ec512"}.get(alg, f"rsa-{year}")

    def token(name, alg, by=None, **more):
        by = by or name
        if alg.startswith("HS"):
            return sign(payload(name, alg, **more), secret, alg)
        kid = kid_for(alg)
        return sign(payload(name, alg, **more), keys[by][kid], alg, kid=kid)

    def published(name, *kids):
        return compact({"keys": [jwk(keys[name][kid], kid=kid, use="sig") for kid in kids]})

    everything = ("rsa-2023", "ec256", "ec384", "ec512")
    return {
        "issuers": issuers, "code": code, "access_token": access_token,
        "secret_text": text_secret(64), "secret_lenient": lenient, "secret_strict": b64u(secret),
        "tokens": {alg: token("login", alg) for alg in ALGS},
        "jwks": {name: published(name, *everything) for name in issuers},
        "rollover": published("login", "rsa-2024", *everything),
        "after_rollover": published("login", "rsa-2024", "ec256", "ec384", "ec512"),
        "new_key": sign(payload("login", "RS256"), keys["login"]["rsa-2024"], "RS256", kid="rsa-2024"),
        "partners": token("partners", "ES256"),
        "crossed": token("partners", "ES256", by="login"),
        "other_code": token("login", "RS256", c_hash=left_half(text_secret(43), "RS256")),
        "other_access_token": token("login", "ES384", at_hash=left_half(text_secret(64), "ES384")),
        "hash_of_another_size": token("login", "PS512", c_hash=left_half(code, "PS256")),
        "without_roles": sign(compact({"iss": issuers["login"], **{k: v for k, v in claims.items() if k != "roles"}}),
                              keys["login"]["ec256"], "ES256", kid="ec256"),
    }


def akana_text_secret(found):
    """Signs with HS256, HS384 and HS512. The secret is the bytes of its text."""
    claims = json.loads(jwt.utils.base64url_decode(found["tokens"]["HS256"].split(".")[1]))
    secret = found["secret_text"].encode()
    return {alg: sign(compact(claims), secret, alg) for alg in ("HS256", "HS384", "HS512")}


def connect2id():
    key, other = new_key(), new_key()
    issuer = "https://c2id.example.com"
    groups = {"https://example.com/groups": ["audit", "admin"]}
    payload = compact({"sub": "alice", "iss": issuer, "aud": ["client-12345"], "nonce": "n-0S6_WzA2Mj",
                       "auth_time": 1311280969, "acr": "c2id.loa.hisec", "iat": 1311280970, "exp": 1311281970, **groups})
    header = {"kid": "1e9gdk7"}
    metadata = {"issuer": issuer, "token_endpoint": issuer + "/token", "userinfo_endpoint": issuer + "/userinfo",
                "jwks_uri": issuer + "/jwks.json", "authorization_endpoint": issuer + "/login",
                "id_token_signing_alg_values_supported": ["RS256", "RS384", "RS512"],
                "code_challenge_methods_supported": ["S256"]}

    def user_info(sub, **more):
        return compact({"sub": sub, "name": "Alice Adams", "name#ja-Hani-JP": "アリス", "email": "alice@wonderland.net",
                        **groups, **more})

    signed = {"iss": issuer, "aud": ["client-12345"]}
    return {
        "metadata": php_json(metadata), "metadata_of_another": php_json({**metadata, "issuer": issuer + ".evil.com"}),
        "jwks": compact({"keys": [jwk(key, kid="1e9gdk7", use="sig", alg="RS256")]}),
        "token_response": compact({"id_token": sign(payload, key, "RS256", **header), "access_token": text_secret(43),
                                   "token_type": "Bearer", "expires_in": 3600}),
        "forged": sign(payload, other, "RS256", **header),
        "user_info": user_info("alice"),
        "user_info_jwt": sign(user_info("alice", **signed), key, "RS256", **header),
        "user_info_jwt_of_another": sign(user_info("mallory", **signed), key, "RS256", **header),
        "user_info_jwt_for_another": sign(user_info("alice", iss=issuer, aud="client-666"), key, "RS256", **header),
        "user_info_jwt_forged": sign(user_info("alice", **signed), other, "RS256", **header),
    }


doc = {"source": f"PyJWT {version('PyJWT')}, cryptography {version('cryptography')}",
       "made_by": "vectors/published/make.py",
       "akeneo": akeneo(), "airlock": airlock(), "akana": akana(), "connect2id": connect2id()}
doc["akana"]["text_secret_tokens"] = akana_text_secret(doc["akana"])
with open(os.path.join(HERE, "systems.json"), "w", encoding="utf-8") as f:
    json.dump(doc, f, ensure_ascii=False, indent=1)
    f.write("\n")
print("published/systems.json: 4 systems")
