-- staff: each department has a role of its own, and sees what its work needs (requirements A160).
ALTER TABLE staff_member DROP CONSTRAINT staff_member_role_check;
ALTER TABLE staff_member ADD CONSTRAINT staff_member_role_check
    CHECK (role IN ('owner', 'marketing', 'support', 'accounting', 'privacy_officer', 'viewer'));
