// Starts every behaviour. Each is one function that takes a root and delegates events.
import { closes } from "./closes.js";
import { countCharacters } from "./count_characters.js";
import { dropFiles } from "./drop_files.js";
import { escapeLeaves } from "./escape_leaves.js";
import { focusOnLoad } from "./focus_on_load.js";
import { htmxTrouble } from "./htmx_trouble.js";
import { keepFocus } from "./keep_focus.js";
import { quickAdd } from "./quick_add.js";
import { showPassword } from "./show_password.js";
import { timeZone } from "./time_zone.js";
import { strayAnswer } from "./stray_answer.js";
import { undoToast } from "./undo_toast.js";

strayAnswer(window.location);
focusOnLoad(document);
countCharacters(document);
dropFiles(document);
showPassword(document);
escapeLeaves(document);
htmxTrouble(document);
keepFocus(document);
quickAdd(document);
closes(document);
timeZone(document);
undoToast(document);
