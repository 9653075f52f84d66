/* Before the first row is laid out: rows that the script will page are not shown meanwhile. */
document.documentElement.classList.add("js");
