// A bookmark that opens the client of the current Cliniko page in TeleHab, for
// clinics whose App URL is not approved yet. It reads only the page's address.
//
// bridge.go turns this into one line: it drops comment lines and joins the
// others. So every statement ends in a semicolon, and no comment follows code.
(() => {
  const page = /^\/patients\/([0-9]{1,20})(?:\/|$)/.exec(location.pathname);
  if (page && location.protocol === 'https:' && location.hostname.endsWith('.cliniko.com')) {
    location.href = 'telehab://patient?patient_id=' + page[1] + '&from=bookmark';
  } else {
    alert('Open a client in Cliniko first, then choose this bookmark again.');
  }
})();
