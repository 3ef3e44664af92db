"""What a person reads when her identity cannot be established just now."""

from __future__ import annotations

from typing import Final

from miaopi.kernel.wording import Text

UNAVAILABLE: Final = Text(
    zh="身份认证服务暂时没有响应，您的信息未被提交。请稍后再试，或到窗口办理。",
    en="The identity service is not answering just now; nothing was filed. Please try again later, or come to a counter.",
)
