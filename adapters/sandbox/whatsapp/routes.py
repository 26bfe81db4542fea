"""The Graph API over HTTP: addresses, bearer token, faults, the call log, and Graph's answers."""

from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from adapters.sandbox.faults import answer_under
from adapters.sandbox.whatsapp import sending
from adapters.sandbox.whatsapp.account import Account, Call
from adapters.sandbox.whatsapp.errors import GraphError, missing_object
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.media import bare_type

LARGEST_REQUEST = 110 * 1024 * 1024
PAGE_SIZE = 25

Perform = Callable[[web.Request, Json], Awaitable[Json]]


class GraphRoutes:
    """Answers the calls of one account; `application()` is what aiohttp serves."""

    def __init__(self, account: Account, *, token: str, business_account_id: str) -> None:
        self._account = account
        self._token = token
        self._business_account_id = business_account_id

    def application(self) -> web.Application:
        """Every address below any /vN.N/ prefix, and the download address of media links."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_get("/whatsapp_business/attachments/", self._download)
        app.router.add_route("*", r"/{version:v\d+\.\d+}/{node}{slash:/?}", self._answer)
        app.router.add_route("*", r"/{version:v\d+\.\d+}/{node}/{edge}{slash:/?}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, perform = self._meant(request)
        outcome = self._account.faults.take(method)
        return await answer_under(outcome, request, lambda: self._perform(request, method, perform))

    def _meant(self, request: web.Request) -> tuple[str, Perform]:
        """The name of the call (also its name for faults and the log) and the code that carries it out."""
        node, edge = request.match_info["node"], request.match_info.get("edge", "")
        known: dict[tuple[str, str], tuple[str, Perform]]
        if node == self._account.phone_number_id:
            known = {
                ("POST", "messages"): ("messages", self._messages),
                ("POST", "media"): ("media", self._upload),
                ("GET", ""): ("phone_number", self._phone_number),
            }
        elif node == self._business_account_id:
            known = {
                ("GET", "message_templates"): ("message_templates", self._message_templates),
                ("GET", "phone_numbers"): ("phone_numbers", self._phone_numbers),
                ("GET", "subscribed_apps"): ("subscribed_apps", self._subscribed_apps),
                ("POST", "subscribed_apps"): ("subscribe", self._subscribe),
                ("DELETE", "subscribed_apps"): ("unsubscribe", self._unsubscribe),
            }
        else:
            known = {
                ("GET", ""): ("media_url", self._media_url),
                ("DELETE", ""): ("delete_media", self._delete_media),
            }
        return known.get((request.method, edge), ("unknown", self._unknown))

    async def _perform(self, request: web.Request, method: str, perform: Perform) -> web.Response:
        params: Json = dict(request.query)
        try:
            self._authenticate(request)
            params = await _parameters(request)
            status, result = 200, await perform(request, params)
        except GraphError as refusal:
            status, result = refusal.status, refusal.body()
        calls = self._account.calls
        calls.append(Call(len(calls), method, params, status == 200, status, result))
        self._account.changes.changed()
        return web.Response(status=status, body=orjson.dumps(result), content_type="application/json")

    def _authenticate(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if (given or request.query.get("access_token")) != self._token:
            raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")

    async def _messages(self, _request: web.Request, params: Json) -> Json:
        if params.get("messaging_product") == "whatsapp" and "status" in params:
            return sending.mark_read(self._account, params)
        return sending.send(self._account, params)

    async def _upload(self, _request: web.Request, params: Json) -> Json:
        file = params.pop("file", None)
        if params.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            raise GraphError(100, message="(#100) The parameters messaging_product and file are required.")
        data = file.file.read()
        params["file"] = {"name": file.filename, "size": len(data)}
        return {"id": self._account.media.upload(data, file.content_type, file.filename)}

    async def _media_url(self, request: web.Request, _params: Json) -> Json:
        return self._account.media.describe(self._account.base_url, request.match_info["node"])

    async def _delete_media(self, request: web.Request, _params: Json) -> Json:
        self._account.media.delete(request.match_info["node"])
        return {"success": True}

    async def _phone_number(self, _request: web.Request, params: Json) -> Json:
        return self._number(params)

    async def _phone_numbers(self, _request: web.Request, params: Json) -> Json:
        return {"data": [self._number(params)], "paging": {"cursors": {"before": "MA", "after": "MA"}}}

    def _number(self, params: Json) -> Json:
        return _chosen(self._account.number, params) | {"id": self._account.phone_number_id}

    async def _message_templates(self, request: web.Request, params: Json) -> Json:
        found = self._account.templates.listed(params)
        first, size = _count(params, "after", 0), _count(params, "limit", PAGE_SIZE)
        end = min(first + size, len(found))
        paging: Json = {"cursors": {"before": str(first), "after": str(end)}}
        if end < len(found):
            paging["next"] = str(request.url.update_query(after=str(end)))
        summary = {
            "total_count": len(found),
            "message_template_count": len(found),
            "message_template_limit": 250,
            "are_translations_complete": True,
        }
        shown = [_chosen(template.describe(), params) | {"id": template.id} for template in found[first:end]]
        return {"data": shown, "paging": paging} | ({"summary": summary} if "summary" in params else {})

    async def _subscribed_apps(self, _request: web.Request, _params: Json) -> Json:
        app = {"whatsapp_business_api_data": {"id": "300000000000003", "name": "Sandbox", "link": ""}}
        return {"data": [app] if self._account.subscribed else []}

    async def _subscribe(self, _request: web.Request, params: Json) -> Json:
        """Subscribe; with `override_callback_uri` the new address must pass the handshake first."""
        if url := str(params.get("override_callback_uri") or ""):
            if not await self._account.webhooks.verify(url, str(params.get("verify_token", ""))):
                raise GraphError(2200, "The callback URL did not answer the verification with its challenge")
            self._account.webhooks.url = url
        self._account.subscribed = True
        return {"success": True}

    async def _unsubscribe(self, _request: web.Request, _params: Json) -> Json:
        self._account.subscribed = False
        return {"success": True}

    async def _unknown(self, request: web.Request, _params: Json) -> Json:
        raise missing_object(request.method, request.match_info["node"])

    async def _download(self, request: web.Request) -> web.StreamResponse:
        return await answer_under(self._account.faults.take("download"), request, lambda: self._file(request))

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._authenticate(request)
        except GraphError as refusal:
            return web.json_response(refusal.body(), status=refusal.status)
        query = request.query
        file = self._account.media.behind_link(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=bare_type(file.mime_type))


async def _parameters(request: web.Request) -> Json:
    """Query, form or JSON parameters as one object; code 100 for a body that is neither."""
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise GraphError(100, message="(#100) The request body is not valid JSON.") from None
        if not isinstance(body, dict):
            raise GraphError(100, message="(#100) The request body must be a JSON object.")
        return params | body
    return params | dict(await request.post())


def _chosen(described: Json, params: Json) -> Json:
    """Only the fields that were asked for; everything where none were named."""
    wanted = str(params.get("fields") or ",".join(described)).split(",")
    return {key: value for key, value in described.items() if key in wanted}


def _count(params: Json, key: str, default: int) -> int:
    text = str(params.get(key) or default)
    if not text.isdigit():
        raise GraphError(100, message=f"(#100) Param {key} must be a number.")
    return int(text)
