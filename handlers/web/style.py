"""How every page looks, and the headers that let it look like nothing else."""

import base64
from hashlib import sha256

STYLE = """
:root{color-scheme:light dark;--ink:#1d1c1d;--paper:#fff;--soft:#f3f3f1;--line:#8a8a86;--deed:#0b5a4a;--on:#fff;
--focus:#1251b5;--wrong:#9b1c1c}
@media(prefers-color-scheme:dark){:root{--ink:#ececea;--paper:#161716;--soft:#232423;--line:#8f918e;--deed:#7fd3bd;
--on:#0d1512;--focus:#9cc2ff;--wrong:#ffb1a8}}
*{box-sizing:border-box}
body{margin:0;font:1.0625rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
.page{max-width:40rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:1rem 0}
h2{font-size:1.15rem;margin:1.5rem 0 .5rem}
ul,ol{padding-left:1.4rem}li{margin:.3rem 0}
.languages{display:flex;justify-content:flex-end}
.languages a,.languages button{min-height:2.75rem;padding:.6rem .75rem;font:inherit;color:inherit;background:none;
border:0;text-decoration:underline;cursor:pointer;width:auto;margin:0}
.lines{background:var(--soft);border-left:.25rem solid var(--deed);padding:.5rem 1rem;margin:1rem 0}
.page a{color:inherit}a[href^=tel]{white-space:nowrap}
.lines p,.lines ul{margin:.4rem 0}.lines h2{margin:.4rem 0;font-size:1rem}
.field,fieldset{margin:1.25rem 0;padding:0;border:0;min-width:0}
legend,.field label{font-weight:600;padding:0;display:block;margin-bottom:.25rem}
.hint{margin:.15rem 0 .4rem}
input[type=text],input[type=password]{width:100%;font:inherit;color:inherit;background:var(--paper);
border:1px solid var(--line);border-radius:.3rem;padding:.65rem .75rem;min-height:2.75rem}
.choice{display:flex;gap:.75rem;align-items:flex-start;padding:.55rem 0;min-height:2.75rem}
.choice input{width:1.35rem;height:1.35rem;flex:none;margin:.1rem 0 0;accent-color:var(--deed)}
button{font:inherit;font-weight:600;width:100%;min-height:3rem;margin:.4rem 0;padding:.65rem 1rem;border-radius:.3rem;
border:1px solid var(--line);background:var(--paper);color:var(--ink);cursor:pointer}
button.first{background:var(--deed);border-color:var(--deed);color:var(--on)}
:focus-visible{outline:.2rem solid var(--focus);outline-offset:.15rem}
.wrong{color:var(--wrong);font-weight:600}
.trouble{border:.125rem solid var(--wrong);border-radius:.3rem;padding:.5rem 1rem}
.contact{white-space:pre-wrap}
@media(forced-colors:active){button.first{border-width:.2rem}}
""".strip()
_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer carries: no script, no picture, no frame, nothing from elsewhere, no trace in a shared browser."""
