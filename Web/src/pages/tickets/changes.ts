/** What is read anew after a request has moved. */
export const ticketChanges = ['/tickets', '/my/tickets', '/inbox', '/my/assets', '/my/grants', '/my/check-outs', '/ticket-report'];
